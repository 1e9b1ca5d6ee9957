/**
 * Accounts that applications make: people whom the application lets in by itself, known by its own ids.
 *
 * Owns nothing: accounts, relations and devices belong to their features. Promises that an application reads and changes
 * those accounts alone that it made, and that what ends with an account ends in the same transaction. Must never let an
 * application change an account that signs in here.
 */
export { registerApplicationAccounts } from './account-routes.ts'
