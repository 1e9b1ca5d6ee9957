/**
 * Applications: the registered clients of the server, their keys, their pages, and the accounts they know.
 *
 * Owns `applications`, `page_origins`, `api_keys` and `relations`. Promises that a secret is told once, when it is made,
 * and kept as a hash only, and that an application knows no account but those that signed in to it or that it made.
 */

export { type AddedApplication, type ApplicationInput, addApplication } from './add-application.ts'
export { type Allowed, allowApprovals, type Leave, usualStartsPerMinute } from './allow-approvals.ts'
export { Scope, scopes } from './api-key.ts'
export { type Application, homeOf } from './application.ts'
export { findApplication, hasPagesAt } from './application-store.ts'
export { addApiKey, listApiKeys, type NewApiKey, revokeApiKey, rotateApiKey } from './change-keys.ts'
export { isApplicationSecret } from './check-secret.ts'
export { findRelated, type NamedAccount, readNamed, relate, unrelate } from './relation-store.ts'
export { bearerOf, requireApplication } from './require-application.ts'
