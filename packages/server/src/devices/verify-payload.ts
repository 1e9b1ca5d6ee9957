/** What a phone's key signed beside the request: a transcript, an activation, a decision. */
import { parseCanonical, verifyJws } from '@countersign/protocol'
import type * as z from 'zod/mini'
import { type KeyOwner, Refusal, verifyKeyOf } from '../http/index.ts'

export interface ExpectedPayload<Schema> {
  /** Whose key must have signed. */
  readonly signer: KeyOwner & { readonly thumbprint: string }
  /** `typ` of the JWS. */
  readonly type: string
  readonly schema: Schema
  /** What it is, in English, for the developer who sent something else. */
  readonly what: string
}

export interface VerifiedPayload<Payload> {
  readonly payload: Payload
  /** Exactly as it was signed. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** @throws Refusal `signature_invalid`, and `invalid_request` where this key signed something of another shape */
export async function verifyPayload<Schema extends z.ZodMiniType>(
  jws: string,
  { signer, type, schema, what }: ExpectedPayload<Schema>,
): Promise<VerifiedPayload<z.output<Schema>>> {
  const key = await verifyKeyOf(signer.thumbprint, signer)
  const verified = key && (await verifyJws(jws, { type, keys: new Map([[signer.thumbprint, key]]) }))
  if (verified === null) throw new Refusal('signature_invalid', { detail: `The ${what} is not signed by this key.` })
  try {
    return { payload: parseCanonical(schema, verified.payload), bytes: verified.payload }
  } catch {
    throw new Refusal('invalid_request', { detail: `Not as it should be: the payload of the ${what}.` })
  }
}
