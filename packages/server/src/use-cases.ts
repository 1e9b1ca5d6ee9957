/**
 * Use cases without their HTTP: for who calls them step by step, as the simulation of the testkit does.
 *
 * Owns nothing. Must never be what another package builds on: the face of the server is its protocol, and `index.ts`.
 */
export { accountById, holdAccount, lockAccount } from './accounts/index.ts'
export {
  type ApprovalView,
  answerApproval,
  cancelApproval,
  expireOverdue,
  goOffline,
  liveApprovals,
  nextRound,
  type ResponseTaken,
  type RoundStarted,
  readApproval,
  readPendingApprovals,
  redeemApproval,
  startApproval,
  submitResponse,
} from './approvals/index.ts'
export { deviceBelongings } from './device-belongings.ts'
export {
  activateDevice,
  deviceAnswerOf,
  deviceByThumbprint,
  insertLinkingDevice,
  removeDevice,
  sealUnlockSecret,
} from './devices/index.ts'
export { Refusal } from './http/index.ts'
export { loadKeys } from './platform/keys.ts'
export { createWakeups } from './platform/wakeups.ts'
export { activateRenewal, startRenewal, sweepRenewals } from './renewals/index.ts'
