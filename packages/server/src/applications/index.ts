/**
 * Applications: the registered clients of the server.
 *
 * Owns `applications`. Promises that a secret is told once, when it is made, and kept as a hash only.
 */

export { type AddedApplication, type ApplicationInput, addApplication } from './add-application.ts'
export { type Application, homeOf } from './application.ts'
export { findApplication } from './application-store.ts'
export { isApplicationSecret } from './check-secret.ts'
