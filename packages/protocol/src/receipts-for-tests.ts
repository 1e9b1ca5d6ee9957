/** Receipts as a server would make them, for the tests beside this file. */
import documents from '../../../vectors/document-digests.json' with { type: 'json' }
import proofs from '../../../vectors/proofs.json' with { type: 'json' }
import { toBase64url } from './bytes.ts'
import { canonicalBytes, digestOf } from './canonical.ts'
import { type DecisionPayload, decisionType } from './decision.ts'
import { ApprovalDocument } from './document.ts'
import { signJws } from './jws.ts'
import { publicPart, signingKeyOf } from './keys-for-tests.ts'
import { type ReceiptPayload, receiptType } from './receipt.ts'

const documentNamed = (name: string): ApprovalDocument =>
  ApprovalDocument.parse(documents.vectors.find((vector) => vector.name === name)?.document)

export const login = documentNamed('a login')
export const secondRound = documentNamed('its second round')
export const transfer: ApprovalDocument = {
  ...documentNamed('a transfer, with words beyond ASCII'),
  binding: 'number',
}

const deviceJwk = publicPart(proofs.key.privateJwk)
const deviceKey = await signingKeyOf(proofs.key.privateJwk)

/** What an honest phone says of a document. */
export const decisionOn = (document: ApprovalDocument): DecisionPayload => ({
  v: 1,
  aud: document.audience,
  approval: document.approval,
  round: document.round,
  device: document.device,
  digest: toBase64url(digestOf(document)),
  decision: 'approve',
  binding: document.binding,
  binding_value: document.binding === 'plain' ? null : '47',
})

/** The payload signed by the phone of the vectors. */
export const signDecision = (payload: unknown, type = decisionType): Promise<string> =>
  signJws({ type, keyId: proofs.key.thumbprint, payload: canonicalBytes(payload), key: deviceKey.privateKey })

/** The receipt of a document that the phone has signed. */
export const deviceSigned = async (document: ApprovalDocument): Promise<ReceiptPayload> => ({
  v: 1,
  iss: document.audience,
  aud: document.application.id,
  document,
  evidence: 'device-signed',
  decision: await signDecision(decisionOn(document)),
  device_key: deviceJwk,
  method: 'push',
  amr: ['swk', 'pin'],
  decided: document.issued,
})

/** The receipt of a document that was answered by a typed code. */
export const serverAttested = async (document: ApprovalDocument): Promise<ReceiptPayload> => ({
  ...(await deviceSigned(document)),
  evidence: 'server-attested',
  decision: null,
  method: 'offline-typed',
})

/** Signs receipts with this key. */
export async function receiptSigner(jwk: Parameters<typeof signingKeyOf>[0] & { readonly thumbprint: string }) {
  const { privateKey } = await signingKeyOf(jwk)
  return (payload: Uint8Array, type = receiptType): Promise<string> =>
    signJws({ type, keyId: jwk.thumbprint, payload, key: privateKey })
}
