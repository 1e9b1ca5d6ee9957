/**
 * Fingerprint or face, as the phone's own authenticator vouches for it (WebAuthn Level 3 sections 7.1 and 7.2; protocol
 * sections 4 and 6). Every expectation comes in. Whatever is sent gives null or false, never an error.
 */
import {
  type CredentialAssertion,
  type CredentialId,
  type CredentialRegistration,
  fromBase64url,
  fromUtf8,
  toBase64url,
} from '@countersign/protocol'
import * as z from 'zod/mini'
import { isPublicKey } from './credential-key.ts'

/** What opens a device's unlock secret beside the passcode. */
export interface Credential {
  readonly id: CredentialId
  /** COSE_Key (RFC 9052 section 7). */
  readonly publicKey: Uint8Array
}

export interface ExpectedCeremony {
  /** 32 bytes: what was to be signed. */
  readonly challenge: Uint8Array
  /** Of the phone app. */
  readonly origin: string
  /** Its host name, which is the relying party's id. */
  readonly host: string
}

/** What is expected of a phone whose app is at `phoneUrl`. */
export const ceremonyAt = (phoneUrl: string, challenge: Uint8Array): ExpectedCeremony => ({
  challenge,
  origin: phoneUrl,
  host: new URL(phoneUrl).hostname,
})

// Loaded when the first finger comes: with its certificates it would weigh on every start.
const webAuthn = () => import('@simplewebauthn/server')
const webAuthnFormats = () => import('@simplewebauthn/server/helpers')

/** ES256, RS256 and EdDSA (IANA COSE algorithms): what platform authenticators make. */
const algorithms = [-7, -257, -8]

/** Client data of the app's own page, not of one in somebody else's frame. */
const OwnPage = z.object({
  crossOrigin: z.optional(z.literal(false)),
  topOrigin: z.optional(z.never()),
})

const isOwnPage = (clientData: string): boolean =>
  OwnPage.safeParse(JSON.parse(fromUtf8(fromBase64url(clientData)))).success

/** What the work gives, or `otherwise` where it throws: it does where the input is not as it should be. */
async function orElse<Value>(otherwise: Value, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch {
    return otherwise
  }
}

/**
 * The credential that was made for this challenge on this origin, by a verified person, or null. No attestation is asked
 * for, and none believed: certificates are refused before anything is done for them, such as looking for their
 * revocation over the network.
 */
export async function verifyRegistration(
  { credential: id, client_data, attestation }: CredentialRegistration,
  { challenge, origin, host }: ExpectedCeremony,
): Promise<Credential | null> {
  const { verifyRegistrationResponse } = await webAuthn()
  const { decodeAttestationObject, decodeCredentialPublicKey } = await webAuthnFormats()
  return orElse(null, async () => {
    const attested = decodeAttestationObject(fromBase64url(attestation))
    const isSelfMade = attested.get('fmt') === 'packed' && attested.get('attStmt').get('x5c') === undefined
    if (!(attested.get('fmt') === 'none' || isSelfMade) || !isOwnPage(client_data)) return null
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        response: { clientDataJSON: client_data, attestationObject: attestation },
        clientExtensionResults: {},
      },
      expectedChallenge: toBase64url(challenge),
      expectedOrigin: origin,
      expectedRPID: host,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    })
    if (!verified || registrationInfo.credential.id !== id) return null
    const { publicKey } = registrationInfo.credential
    return isPublicKey(decodeCredentialPublicKey(publicKey)) ? { id, publicKey } : null
  })
}

/**
 * Whether this credential signed this challenge on this origin, for a verified person. Signature counters are not
 * looked at: the challenge is good for one payload, and many authenticators do not count.
 */
export async function verifyAssertion(
  { client_data, authenticator_data, signature }: CredentialAssertion,
  { id, publicKey }: Credential,
  { challenge, origin, host }: ExpectedCeremony,
): Promise<boolean> {
  const { verifyAuthenticationResponse } = await webAuthn()
  return orElse(false, async () => {
    if (!isOwnPage(client_data)) return false
    const { verified } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        response: { clientDataJSON: client_data, authenticatorData: authenticator_data, signature },
        clientExtensionResults: {},
      },
      expectedChallenge: toBase64url(challenge),
      expectedOrigin: origin,
      expectedRPID: host,
      credential: { id, publicKey: new Uint8Array(publicKey), counter: 0 },
      requireUserVerification: true,
    })
    return verified
  })
}
