/**
 * The audit: what happened, written in the transaction in which it happened.
 *
 * Promises that a row exists exactly when the change it records was committed. Must never hold a secret, a code or
 * what a person was shown.
 */
export { type AuditEntry, recordAudit } from './audit-store.ts'
