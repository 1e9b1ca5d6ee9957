/**
 * The receipt: the server's signed record of an approved approval, which proves later, and without the server, what the
 * person saw and what answered for it (protocol section 10).
 */
import * as z from 'zod/mini'
import { equalBytes, fromBase64url } from './bytes.ts'
import { canonicalText, digestOf, parseCanonical } from './canonical.ts'
import { DecisionPayload, decisionType } from './decision.ts'
import { ApprovalDocument } from './document.ts'
import { verifyJws } from './jws.ts'
import { importVerifyKey, thumbprintOf } from './keys.ts'
import { ApplicationId, CompactJws, PublicJwk, Timestamp } from './values.ts'

/** The JWS `typ` of a receipt. */
export const receiptType = 'countersign-receipt+jwt'

/** How the person answered. */
export const DecisionMethod = z.enum(['push', 'offline-typed', 'offline-qr', 'sms'])
export type DecisionMethod = z.infer<typeof DecisionMethod>

/** What the server signs. Its bytes are the canonical form (RFC 8785) of this object. */
export const ReceiptPayload = z.strictObject({
  v: z.literal(1),
  /** The issuer URL of the server. */
  iss: z.url(),
  /** The application that asked. */
  aud: ApplicationId,
  /** What the person was shown: the document of the round that was answered. */
  document: ApprovalDocument,
  /**
   * `device-signed`: the phone signed the document, and the signature is here. `server-attested`: it was answered by a
   * code, which is symmetric; the server says so and nobody else can prove it.
   */
  evidence: z.enum(['device-signed', 'server-attested']),
  /** The phone's signed answer, where there is one. */
  decision: z.nullable(CompactJws),
  /** The public key of the phone. */
  device_key: PublicJwk,
  method: DecisionMethod,
  /** RFC 8176 */
  amr: z.array(z.string()),
  /** When it was answered. */
  decided: Timestamp,
})
export type ReceiptPayload = z.infer<typeof ReceiptPayload>

export interface ReceiptExpectations {
  /** The server's keys, retired ones among them, as `receiptKeysOf` its JWKS. */
  readonly keys: readonly PublicJwk[]
  /** The issuer URL of the server that it must be of; left out, any that the keys are trusted for. */
  readonly issuer?: string
  /** The application that the receipt must be for; left out, any. */
  readonly application?: string
}

const JwkSet = z.object({ keys: z.array(z.unknown()) })
const SigningJwk = z.object({
  ...PublicJwk.shape,
  use: z.optional(z.literal('sig')),
  alg: z.optional(z.literal('ES256')),
})

/**
 * The keys of a JWK set (RFC 7517 section 5) that may have signed receipts; what else is in it is passed over.
 *
 * @throws Error when it is no JWK set
 */
export function receiptKeysOf(jwks: unknown): PublicJwk[] {
  return JwkSet.parse(jwks).keys.flatMap((jwk) => {
    const { success, data } = SigningJwk.safeParse(jwk)
    return success ? [PublicJwk.parse({ kty: data.kty, crv: data.crv, x: data.x, y: data.y })] : []
  })
}

/** Why a receipt is none. */
export type ReceiptFault =
  /** Not signed by one of the keys, or not a receipt at all. */
  | 'signature'
  /** Of another server, or for another application. */
  | 'audience'
  /** The phone's signature is missing, is not by the phone's key, or is about something else. */
  | 'decision'

export type VerifiedReceipt =
  | { readonly kind: 'valid'; readonly receipt: ReceiptPayload }
  | { readonly kind: 'invalid'; readonly fault: ReceiptFault }

const invalid = (fault: ReceiptFault) => ({ kind: 'invalid', fault }) as const

function parsePayload(bytes: Uint8Array): ReceiptPayload | null {
  try {
    return parseCanonical(ReceiptPayload, bytes)
  } catch {
    return null
  }
}

/** Whether the phone signed that it approves this document, and the receipt says of its answer what the answer says. */
async function isSignedByDevice({ document, decision, device_key: jwk, amr }: ReceiptPayload): Promise<boolean> {
  if (decision === null) return false
  const keys = new Map([[thumbprintOf(jwk), await importVerifyKey(jwk)]])
  const verified = await verifyJws(decision, { type: decisionType, keys })
  if (verified === null) return false
  const payload = parseCanonical(DecisionPayload, verified.payload)
  const methods = ['swk', payload.unlock ?? 'pin']
  return (
    payload.decision === 'approve' &&
    payload.aud === document.audience &&
    payload.approval === document.approval &&
    payload.device === document.device &&
    payload.round === document.round &&
    payload.binding === document.binding &&
    (payload.binding_value === null) === (payload.binding === 'plain') &&
    canonicalText(amr) === canonicalText(methods) &&
    equalBytes(fromBase64url(payload.digest), digestOf(document))
  )
}

async function isEvident(receipt: ReceiptPayload): Promise<boolean> {
  if (receipt.evidence === 'server-attested') return receipt.decision === null && receipt.method !== 'push'
  return receipt.method === 'push' && (await isSignedByDevice(receipt).catch(() => false))
}

/**
 * Verifies a receipt without asking anybody: the server's signature, that it is meant for this application, and, where
 * the phone signed, the phone's signature over the very document.
 *
 * @example
 * const keys = receiptKeysOf(await (await fetch('https://id.example.com/oidc/jwks')).json())
 * const verified = await verifyReceipt(text, { keys, issuer: 'https://id.example.com', application: 'shop' })
 * if (verified.kind === 'valid') console.log(verified.receipt.document.headline)
 *
 * @throws DOMException `DataError` when one of the keys is not on its curve
 */
export async function verifyReceipt(jws: string, expected: ReceiptExpectations): Promise<VerifiedReceipt> {
  const keys = new Map<string, CryptoKey>()
  for (const jwk of expected.keys) keys.set(thumbprintOf(jwk), await importVerifyKey(jwk))
  const verified = CompactJws.safeParse(jws).success ? await verifyJws(jws, { type: receiptType, keys }) : null
  const receipt = verified && parsePayload(verified.payload)
  if (receipt === null) return invalid('signature')
  const { iss, aud, document } = receipt
  const isMeant =
    (expected.issuer === undefined || expected.issuer === iss) &&
    document.audience === iss &&
    document.application.id === aud &&
    (expected.application === undefined || expected.application === aud)
  if (!isMeant) return invalid('audience')
  return (await isEvident(receipt)) ? { kind: 'valid', receipt } : invalid('decision')
}
