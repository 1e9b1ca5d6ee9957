import { DecisionPayload, fromBase64url, fromUtf8 } from '@countersign/protocol'

/** What a decision says, its signature aside. */
export const payloadOf = (jws: string): DecisionPayload =>
  DecisionPayload.parse(JSON.parse(fromUtf8(fromBase64url(jws.split('.')[1] ?? ''))))
