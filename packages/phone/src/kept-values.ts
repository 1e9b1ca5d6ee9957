/** The shapes of what is kept, parsed each time it is read: a browser may have kept another version's, or half of it. */
import type { StoredDevice } from '@countersign/device'
import { AccountId, Biometric, Bytes32, CredentialId, DeviceId, PublicJwk, RenewalId } from '@countersign/protocol'
import * as z from 'zod/mini'

const bytes = z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array)
const key = z.custom<CryptoKey>((value) => value instanceof CryptoKey)

const copies = {
  lock: z.object({ salt: bytes, iv: bytes, sealed: bytes, sealKey: key }),
  // What was kept before there was fingerprint or face has none of it.
  biometricLock: z._default(
    z.nullable(z.object({ kind: Biometric, credential: CredentialId, salt: bytes, iv: bytes, sealed: bytes })),
    null,
  ),
}

const KeptStoredDevice = z.object({
  issuer: z.url(),
  device: DeviceId,
  account: z.object({ id: AccountId, email: z.string(), name: z.string() }),
  name: z.string(),
  keyPair: z.object({ privateKey: key, publicKey: key }),
  publicJwk: PublicJwk,
  thumbprint: Bytes32,
  ...copies,
  documentKeys: z.array(PublicJwk).check(z.minLength(1)),
  clockOffset: z.int(),
  linkedAt: z.number(),
  unfinished: z._default(z.boolean(), false),
  renewal: z._default(z.nullable(RenewalId), null),
  pending: z._default(z.nullable(z.object({ renewal: RenewalId, expires: z.number(), ...copies })), null),
})

/** @throws ZodError when it is not a stored device of this version */
export const parseStoredDevice = (kept: unknown): StoredDevice => KeptStoredDevice.parse(kept)

const KeptServerFacts = z.object({
  /** The server's URL. */
  api: z.url(),
  /** What the server calls itself to people. */
  name: z.string(),
  supportEmail: z.string(),
})
export type ServerFacts = z.infer<typeof KeptServerFacts>

/** @throws ZodError when it is not one of this version */
export const parseServerFacts = (kept: unknown): ServerFacts => KeptServerFacts.parse(kept)
