/** An account with a linked phone that speaks to the use cases of renewals directly: what its requests would verify to. */
import {
  type CredentialId,
  type CredentialRegistration,
  canonicalBytes,
  DeviceId,
  fromBase64url,
  generateEcdhKey,
  generateSigningKey,
  type PublicJwk,
  parseCanonical,
  proofKeyOf,
  proofOf,
  publicJwkOf,
  RenewalId,
  RenewalTranscript,
  renewalActivationType,
  renewalType,
  sha256,
  sharedSecret,
  signJws,
  thumbprintOf,
  toBase64url,
  unlockSecretOf,
} from '@countersign/protocol'
import { expect } from 'vitest'
import { type Account, addAccount } from '../accounts/index.ts'
import type { TestContext } from '../context-for-tests.ts'
import {
  activateDevice,
  deviceById,
  deviceByThumbprint,
  insertLinkingDevice,
  openUnlockSecret,
  sealUnlockSecret,
} from '../devices/index.ts'
import { Refusal, type SignedRequest } from '../http/index.ts'
import { activateRenewal } from './activate-renewal.ts'
import { startRenewal } from './start-renewal.ts'

/** A refusal with this code that tells at least this. */
export const refusal = (code: string, extra: object = {}): unknown =>
  expect.objectContaining({ code, extra: expect.objectContaining(extra) })

/** How often which outcome came: `done`, or the code of a refusal. */
export async function outcomes(works: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counted: Record<string, number> = {}
  for (const result of await Promise.allSettled(works)) {
    const name = result.status === 'fulfilled' ? 'done' : String(result.reason.code ?? result.reason)
    counted[name] = (counted[name] ?? 0) + 1
  }
  return counted
}

/** No approvals: they are no subject of these tests. */
export const noApprovals = { cancelLiveApprovals: async () => [], wakeCancelled: () => {} }
export const noBelongings = { approvals: noApprovals, forget: async () => {} }

/** A renewal as the phone knows it. */
export interface Begun {
  readonly id: RenewalId
  /** The new secret. */
  readonly secret: Uint8Array
  /** SHA-256 of the transcript. */
  readonly challenge: Uint8Array
  readonly transcript: RenewalTranscript
  /** As the server signed it. */
  readonly jws: string
  readonly expires: number
}

/** What an activation says of fingerprint or face. */
export interface OfferedCredential {
  readonly credential: CredentialId | null
  readonly registration?: CredentialRegistration
}

export async function addPerson(context: TestContext, email: string): Promise<Account> {
  const person = { name: 'Anna Lind', phoneNumber: '+46701740605', locale: 'sv' } as const
  const added = await addAccount(context, { ...person, email, secret: { password: 'morgonbris-vid-havet' } })
  if (added.kind === 'refused') throw new Error(added.faults.join(' '))
  return added.account
}

type Verified = Parameters<typeof startRenewal>[1]

interface PhoneKey {
  readonly pair: CryptoKeyPair
  readonly jwk: PublicJwk
  readonly thumbprint: string
}

async function insertPhone(context: TestContext, account: Account, key: PhoneKey, secret: Uint8Array) {
  const id = DeviceId.parse(context.random.id('dev'))
  await context.db.write(async (transaction) => {
    const shown = { name: 'Annas telefon', platform: 'virtual', appVersion: '1.2.3' } as const
    const sealedUnlockSecret = sealUnlockSecret(context, id, secret)
    const identity = { id, account: account.id, thumbprint: key.thumbprint, signJwk: key.jwk, sealedUnlockSecret }
    await insertLinkingDevice(transaction, { ...identity, ...shown })
    await activateDevice(transaction, id, account.id, null)
  })
  return id
}

/** Links a phone to an account, as linking would. */
export async function linkPhone(context: TestContext, account: Account) {
  const pair = await generateSigningKey({ extractable: false })
  const jwk = await publicJwkOf(pair.publicKey)
  const key = { pair, jwk, thumbprint: thumbprintOf(jwk) }
  const secret = context.random.bytes(32)
  const id = await insertPhone(context, account, key, secret)
  const aud = context.config.issuer

  const signed = (): SignedRequest => ({
    thumbprint: key.thumbprint,
    nonce: toBase64url(context.random.bytes(32)),
    appVersion: '1.2.3',
  })
  const verified = async (): Promise<Verified> => {
    const device = await context.db.read((query) => deviceByThumbprint(query, key.thumbprint))
    if (device === null) throw new Refusal('device_unknown')
    return { signed: signed(), device }
  }
  const sign = (type: string, payload: Uint8Array) =>
    signJws({ type, keyId: key.thumbprint, payload, key: pair.privateKey })

  /** Body of a start, and the phone's half of what follows. */
  async function startBody(from: Uint8Array = secret, change: object = {}, type = renewalType) {
    const ecdh = await generateEcdhKey()
    const phoneEcdhJwk = await publicJwkOf(ecdh.publicKey)
    const bytes = canonicalBytes({ v: 1, aud, device: id, phone_ecdh_jwk: phoneEcdhJwk, ...change })
    const proof = toBase64url(proofOf(proofKeyOf(from), 'renew', bytes))
    return { ecdh, body: { renewal: await sign(type, bytes), proof } }
  }
  async function begunBy(ecdh: CryptoKeyPair, answer: { transcript: string; expires: number }): Promise<Begun> {
    const payload = fromBase64url(answer.transcript.split('.')[1] ?? '')
    const transcript = parseCanonical(RenewalTranscript, payload)
    const shared = await sharedSecret(ecdh.privateKey, transcript.server_ecdh_jwk)
    return {
      id: RenewalId.parse(transcript.renewal),
      secret: unlockSecretOf(shared, transcript),
      challenge: sha256(payload),
      transcript,
      jws: answer.transcript,
      expires: answer.expires,
    }
  }
  async function activateBody(
    { id: renewal, secret: from }: Pick<Begun, 'id' | 'secret'>,
    { credential, registration }: OfferedCredential = { credential: null },
    change: object = {},
    type = renewalActivationType,
  ) {
    const bytes = canonicalBytes({ v: 1, aud, renewal, device: id, credential, ...change })
    const proof = toBase64url(proofOf(proofKeyOf(from), 'activate', bytes))
    return { activation: await sign(type, bytes), proof, ...(registration === undefined ? {} : { registration }) }
  }

  return {
    ...key,
    id,
    /** The secret of its linking. */
    secret,
    signed,
    verified,
    startBody,
    begunBy,
    activateBody,
    async start(from: Uint8Array = secret, by?: Verified): Promise<Begun> {
      const { ecdh, body } = await startBody(from)
      return begunBy(ecdh, await startRenewal(context, by ?? (await verified()), body))
    },
    async activate(begun: Pick<Begun, 'id' | 'secret'>, offered?: OfferedCredential, by?: Verified) {
      const body = await activateBody(begun, offered)
      return activateRenewal(context, by ?? (await verified()), begun.id, body)
    },
    stored: async () => {
      const device = await context.db.read((query) => deviceById(query, id))
      if (device === null) throw new Error('There is no such device.')
      return device
    },
  }
}

export type Phone = Awaited<ReturnType<typeof linkPhone>>

/** The secret in force. */
export const secretOf = async (context: TestContext, phone: Phone): Promise<Uint8Array> =>
  openUnlockSecret(context, await phone.stored())

export const renewalRows = (context: TestContext) =>
  context.db.read((query) => query.selectFrom('renewals').selectAll().execute())

/** What the audit says of renewals, in its order. */
export async function audited(context: TestContext): Promise<string[]> {
  const rows = await context.db.read((query) => query.selectFrom('audit').select('kind').orderBy('seq').execute())
  return rows.map(({ kind }) => kind).filter((kind) => kind.startsWith('renewal.') || kind === 'device.renewed')
}
