/**
 * Renewals: a linked device gets another unlock secret, since its passcode changes or fingerprint or face is added or
 * removed (protocol section 4).
 *
 * Owns `renewals`. Promises that only who can open the secret in force gets another, that the one of before is in force
 * until the phone has proven that it can open the new one, and that it is gone from then on. Must never be a way around
 * the tries at the passcode: a wrong proof costs a try here too, and a blocked device gets no new secret.
 */
export { activateRenewal } from './activate-renewal.ts'
export { registerRenewals } from './renewal-routes.ts'
export { forgetRenewals, sweepRenewals } from './renewal-store.ts'
export { startRenewal } from './start-renewal.ts'
