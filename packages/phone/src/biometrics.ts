/** Fingerprint or face of this phone: WebAuthn Level 3 with its PRF extension (protocol section 4). */
import { type Biometrics, BiometricsFailed } from '@countersign/device'
import { CredentialAssertion, CredentialRegistration, fromBase64url, toBase64url } from '@countersign/protocol'
import { platformOf } from './platform.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** How long the phone waits for the person, in milliseconds. */
const patience = 60_000

const randomBytes = (): Bytes => crypto.getRandomValues(new Uint8Array(32))
const bytesOf = (source: BufferSource): Uint8Array =>
  ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source)
const encoded = (buffer: ArrayBuffer): string => toBase64url(new Uint8Array(buffer))

const unavailable = (why: string) => new BiometricsFailed('unavailable', why)

// A browser says the same of a person who cancels, of one who waits too long, and of a credential that is gone.
const cancelling = ['NotAllowedError', 'AbortError']

/** Asks at once, while the tap still counts. */
async function ask(asking: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const answer = await asking()
    if (answer instanceof PublicKeyCredential) return answer
  } catch (cause) {
    const cancelled = cause instanceof DOMException && cancelling.includes(cause.name)
    throw new BiometricsFailed(cancelled ? 'cancelled' : 'unavailable', 'The authenticator did not answer.', { cause })
  }
  throw unavailable('The authenticator answered with something else.')
}

const prfOf = (answer: PublicKeyCredential) => answer.getClientExtensionResults().prf

function creationOf(challenge: Bytes, salt: Bytes, account: string): PublicKeyCredentialCreationOptions {
  return {
    challenge,
    rp: { id: location.hostname, name: 'Countersign' },
    // Random, so that no list on the phone or in its backup says whose account this is by anything but the name.
    user: { id: randomBytes(), name: account, displayName: account },
    pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
    authenticatorSelection: {
      authenticatorAttachment: 'platform',
      userVerification: 'required',
      // Phones give PRF output for discoverable credentials (passkeys) only.
      residentKey: 'required',
      requireResidentKey: true,
    },
    attestation: 'none',
    timeout: patience,
    extensions: { prf: { eval: { first: salt } } },
  }
}

async function unlock({ credential, challenge, salt, signal }: Parameters<Biometrics['unlock']>[0]) {
  const answer = await ask(() =>
    navigator.credentials.get({
      publicKey: {
        challenge,
        rpId: location.hostname,
        allowCredentials: [
          { type: 'public-key', id: Uint8Array.from(fromBase64url(credential)), transports: ['internal'] },
        ],
        userVerification: 'required',
        timeout: patience,
        extensions: { prf: { eval: { first: salt } } },
      },
      ...(signal === undefined ? {} : { signal }),
    }),
  )
  const { response } = answer
  const prf = prfOf(answer)?.results?.first
  if (!(response instanceof AuthenticatorAssertionResponse) || prf === undefined) {
    throw unavailable('The authenticator gave no PRF output.')
  }
  const assertion = CredentialAssertion.parse({
    client_data: encoded(response.clientDataJSON),
    authenticator_data: encoded(response.authenticatorData),
    signature: encoded(response.signature),
  })
  return { assertion, prf: bytesOf(prf) }
}

async function enrol({ challenge, salt, account }: Parameters<Biometrics['enrol']>[0]) {
  const made = await ask(() => navigator.credentials.create({ publicKey: creationOf(challenge, salt, account) }))
  const { response } = made
  const prf = prfOf(made)
  if (!(response instanceof AuthenticatorAttestationResponse) || prf?.enabled !== true) {
    throw unavailable('The authenticator has no PRF.')
  }
  const registration = CredentialRegistration.parse({
    credential: encoded(made.rawId),
    client_data: encoded(response.clientDataJSON),
    attestation: encoded(response.attestationObject),
  })
  if (prf.results !== undefined) return { registration, prf: bytesOf(prf.results.first) }
  // Some can only tell that they have it, and give it when they sign.
  const signed = await unlock({ credential: registration.credential, challenge: randomBytes(), salt })
  return { registration, prf: signed.prf }
}

/** This phone's authenticator. WebAuthn does not tell how it verifies people: what its maker builds in is the best guess. */
export const biometrics: Biometrics = {
  kind: platformOf(navigator.userAgent, navigator.maxTouchPoints) === 'ios' ? 'face' : 'fpt',
  enrol,
  unlock,
}

/** Whether this phone seems to have what it takes. Only making a credential tells for sure. */
export async function seemsAvailable(): Promise<boolean> {
  try {
    if (!(await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable())) return false
    if (!('getClientCapabilities' in PublicKeyCredential)) return true
    return (await PublicKeyCredential.getClientCapabilities())['extension:prf'] !== false
  } catch {
    return false
  }
}
