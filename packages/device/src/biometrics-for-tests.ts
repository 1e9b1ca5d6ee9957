/** A phone's authenticator for tests: answers as WebAuthn lays it out as far as phones look, with a PRF of its own. */
import { type CredentialId, CredentialRegistration, hmacSha256, toBase64url, utf8 } from '@countersign/protocol'
import { type Biometrics, BiometricsFailed } from './biometrics.ts'

export interface SoftwareBiometrics extends Biometrics {
  /** What was asked of it, in order. */
  readonly asked: readonly { readonly what: 'enrol' | 'unlock'; readonly challenge: string }[]
  /** Whether the person confirms, from now on. */
  confirms: 'yes' | 'cancelled' | 'unavailable'
  /** The person has deleted every credential from the phone's settings, and made others. */
  forget(): void
}

const clientData = (type: string, challenge: Uint8Array) =>
  toBase64url(utf8(JSON.stringify({ type, challenge: toBase64url(challenge), origin: 'https://phone.example' })))

/** The challenge in the client data of a registration or an assertion. */
export const challengeIn = (clientData: string): string => {
  const { challenge }: { challenge: string } = JSON.parse(atob(clientData.replaceAll('-', '+').replaceAll('_', '/')))
  return challenge
}

export function createBiometrics(): SoftwareBiometrics {
  let key = crypto.getRandomValues(new Uint8Array(32))
  const asked: { what: 'enrol' | 'unlock'; challenge: string }[] = []
  const prfOf = (credential: CredentialId, salt: Uint8Array) => hmacSha256(key, utf8(credential), salt)

  function ask(what: 'enrol' | 'unlock', challenge: Uint8Array): void {
    asked.push({ what, challenge: toBase64url(challenge) })
    if (authenticator.confirms !== 'yes') throw new BiometricsFailed(authenticator.confirms, 'As the test says.')
  }
  const authenticator: SoftwareBiometrics = {
    kind: 'fpt',
    asked,
    confirms: 'yes',
    forget() {
      key = crypto.getRandomValues(new Uint8Array(32))
    },
    async enrol({ challenge, salt }) {
      ask('enrol', challenge)
      const registration = CredentialRegistration.parse({
        credential: toBase64url(crypto.getRandomValues(new Uint8Array(16))),
        client_data: clientData('webauthn.create', challenge),
        attestation: toBase64url(utf8('attestation')),
      })
      return { registration, prf: prfOf(registration.credential, salt) }
    },
    async unlock({ credential, challenge, salt }) {
      ask('unlock', challenge)
      const assertion = {
        client_data: clientData('webauthn.get', challenge),
        authenticator_data: toBase64url(utf8('authenticator data')),
        signature: toBase64url(utf8('signature')),
      }
      return { assertion, prf: prfOf(credential, salt) }
    },
  }
  return authenticator
}
