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
  isAwaited,
  liveApprovals,
  nextRound,
  type ResponseTaken,
  type RoundStarted,
  readApproval,
  readPendingApprovals,
  redeemApproval,
  redeemForApplication,
  startApproval,
  startForApplication,
  submitResponse,
  wakeAgain,
} from './approvals/index.ts'
export { pushHandlers, writeSubscription } from './delivery/index.ts'
export { deviceBelongings } from './device-belongings.ts'
export {
  activateDevice,
  deviceAnswerOf,
  deviceByThumbprint,
  insertLinkingDevice,
  removeDevice,
  sealUnlockSecret,
} from './devices/index.ts'
export { Refusal, runOnce } from './http/index.ts'
export { loadKeys } from './platform/keys.ts'
export { readReceiptKeys } from './platform/receipt-keys.ts'
export { vapidKeyInUse } from './platform/vapid-keys.ts'
export { createWakeups } from './platform/wakeups.ts'
export { activateRenewal, startRenewal, sweepRenewals } from './renewals/index.ts'
export { loginTemplate, putTemplate } from './templates/index.ts'
export { registerWebhook, sweepWebhooks, webhookHandlers } from './webhooks/index.ts'
