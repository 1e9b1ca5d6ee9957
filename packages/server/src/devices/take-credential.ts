/** Which credential a device has from its activation on (protocol section 4). */
import type { CredentialId, CredentialRegistration } from '@countersign/protocol'
import { Refusal } from '../http/index.ts'
import { type Credential, type ExpectedCeremony, verifyRegistration } from './credential.ts'

export interface NamedCredential {
  /** What the phone signed. */
  readonly named: CredentialId | null
  /** What came with it. */
  readonly registration: CredentialRegistration | undefined
  /** The device's until now. */
  readonly before: Credential | null
}

/**
 * None, the one of before, or a new one, which comes with its registration.
 *
 * @throws Refusal `invalid_request` where name and registration do not fit together, `signature_invalid` where the
 * registration does not verify
 */
export async function takeCredential(
  { named, registration, before }: NamedCredential,
  expected: ExpectedCeremony,
): Promise<Credential | null> {
  if (registration === undefined) {
    if (named === null) return null
    if (before?.id === named) return before
    throw new Refusal('invalid_request', { detail: 'A new credential comes with its registration.' })
  }
  if (registration.credential !== named || before?.id === named) {
    throw new Refusal('invalid_request', {
      detail: 'A registration is for the new credential that is named, and no other.',
    })
  }
  const credential = await verifyRegistration(registration, expected)
  if (credential === null) {
    throw new Refusal('signature_invalid', { detail: 'The registration of the credential does not verify.' })
  }
  return credential
}
