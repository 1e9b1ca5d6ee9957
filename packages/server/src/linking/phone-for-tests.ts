/** A phone that speaks to the use cases of linking directly: what its requests would verify to. */
import {
  type AccountId,
  type ActivationPayload,
  activationType,
  type CredentialId,
  type CredentialRegistration,
  canonicalBytes,
  type DeviceId,
  fromBase64url,
  generateEcdhKey,
  generateSigningKey,
  type LinkingId,
  type LinkTranscript,
  linkType,
  type PublicJwk,
  proofKeyOf,
  proofOf,
  publicJwkOf,
  sharedSecret,
  signJws,
  thumbprintOf,
  toBase64url,
  unlockSecretOf,
} from '@countersign/protocol'
import type { Context } from '../context.ts'
import type { SignedRequest } from '../http/index.ts'
import { activateLinking } from './activate-linking.ts'
import { agreeKeys } from './agree-keys.ts'
import { readLinking } from './linking-store.ts'
import { resendCode } from './resend-code.ts'
import { startLinking } from './start-linking.ts'
import { submitCode } from './submit-code.ts'

const appVersion = '1.2.3'

/** What both sides know once the code was right. */
export interface Agreed {
  readonly device: DeviceId
  readonly account: AccountId
  readonly server_ecdh_jwk: PublicJwk
}

/** A credential as an activation names it, and what comes with it. */
export interface OfferedCredential {
  readonly credential: CredentialId | null
  readonly registration?: CredentialRegistration
}

const none: OfferedCredential = { credential: null }

export async function createPhone(context: Context) {
  const pair = await generateSigningKey({ extractable: false })
  const key = await publicJwkOf(pair.publicKey)
  const thumbprint = thumbprintOf(key)
  const ecdh = await generateEcdhKey()
  const signed = (): SignedRequest => ({
    thumbprint,
    nonce: toBase64url(context.random.bytes(32)),
    appVersion,
  })
  const verified = async (id: LinkingId) => {
    const linking = await context.db.read((query) => readLinking(query, id))
    if (linking === null) throw new Error('There is no such linking.')
    return { signed: signed(), linking }
  }
  const sign = (type: string, payload: Uint8Array) =>
    signJws({ type, keyId: thumbprint, payload, key: pair.privateKey })

  return {
    key,
    thumbprint,
    signed,
    verified,
    sign,
    start: (email: string, password: string, request = signed()) =>
      startLinking(context, request, { sign_jwk: key, email, password, locale: 'en' }),
    resend: async (id: LinkingId) => resendCode(context, await verified(id)),
    submitCode: async (id: LinkingId, code: string) => submitCode(context, await verified(id), { code }),
    async transcript(link: LinkingId, agreed: Agreed): Promise<LinkTranscript> {
      return {
        v: 1,
        iss: context.config.issuer,
        link,
        ...agreed,
        sign_jwk: key,
        phone_ecdh_jwk: await publicJwkOf(ecdh.publicKey),
        device_name: 'Annas telefon',
        platform: 'virtual',
        app_version: appVersion,
        protocol: 1,
      }
    },
    async agree(id: LinkingId, transcript: object) {
      return agreeKeys(context, await verified(id), { transcript: await sign(linkType, canonicalBytes(transcript)) })
    },
    /** The unlock secret, as the phone derives it. */
    secret: async (transcript: LinkTranscript) =>
      unlockSecretOf(await sharedSecret(ecdh.privateKey, transcript.server_ecdh_jwk), transcript),
    async activate(id: LinkingId, device: DeviceId, secret: Uint8Array, biometrics: OfferedCredential = none) {
      const { credential, registration } = biometrics
      const payload: ActivationPayload = { v: 1, aud: context.config.issuer, link: id, device, credential }
      const bytes = canonicalBytes(payload)
      const proof = toBase64url(proofOf(proofKeyOf(secret), 'activate', bytes))
      const body = { activation: await sign(activationType, bytes), proof, ...(registration && { registration }) }
      return activateLinking(context, await verified(id), body)
    },
  }
}

export type Phone = Awaited<ReturnType<typeof createPhone>>

/** The payload of a JWS, as text. */
export const payloadOf = (jws: string): string => new TextDecoder().decode(fromBase64url(jws.split('.')[1] ?? ''))
