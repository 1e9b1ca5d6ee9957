/**
 * The HTTP edge: hosts, problems, parsing, signatures of devices, streams.
 *
 * Owns the tables of spent nonces and of idempotency keys. Promises that what features are given is parsed and, where they ask for it, signed;
 * that every refusal leaves as a problem with a stable code; and that nothing a person sent is logged.
 */

export { createApp } from './app.ts'
export { type Answer, runOnce, sendOnce, sweepIdempotencyKeys } from './idempotency.ts'
export { type HostApp, listen, type RunningServer } from './listen.ts'
export { parseInput } from './parse.ts'
export { Refusal, type RefusalExtra } from './refusal.ts'
export {
  type KeyOwner,
  type SignedRequest,
  spendNonce,
  sweepNonces,
  verifyKeyOf,
  verifySigned,
} from './signed-request.ts'
export { sendWatched, type Watched } from './watched.ts'
