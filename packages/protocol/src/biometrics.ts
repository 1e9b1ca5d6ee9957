/**
 * Fingerprint or face (protocol section 6): a credential of the phone's own authenticator (WebAuthn Level 3), whose PRF
 * output opens a second copy of the unlock secret, and whose signature says that the person was verified.
 *
 * Shapes. The relying party's id is the host of the phone app, attestation is `none`, user verification is required.
 */
import * as z from 'zod/mini'
import { Base64url } from './values.ts'

/** How the phone says that it verified the person: values of `amr` (RFC 8176 section 2). WebAuthn itself does not tell. */
export const Biometric = z.enum(['fpt', 'face'])
export type Biometric = z.infer<typeof Biometric>

/** A credential's id (WebAuthn section 4, at most 1023 bytes). */
export const CredentialId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{16,1364}$/))
  .brand<'CredentialId'>()
export type CredentialId = z.infer<typeof CredentialId>

const WebAuthnBytes = Base64url.check(z.minLength(1), z.maxLength(4_096))

/** What the authenticator answered when the credential was made (WebAuthn section 5.2.1). */
export const CredentialRegistration = z.strictObject({
  credential: CredentialId,
  /** `clientDataJSON` */
  client_data: WebAuthnBytes,
  /** `attestationObject` */
  attestation: WebAuthnBytes,
})
export type CredentialRegistration = z.infer<typeof CredentialRegistration>

/** What the authenticator answered when it was asked to sign (WebAuthn section 5.2.2). */
export const CredentialAssertion = z.strictObject({
  /** `clientDataJSON` */
  client_data: WebAuthnBytes,
  /** `authenticatorData` */
  authenticator_data: WebAuthnBytes,
  signature: WebAuthnBytes,
})
export type CredentialAssertion = z.infer<typeof CredentialAssertion>
