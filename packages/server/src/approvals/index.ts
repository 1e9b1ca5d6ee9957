/**
 * Approvals: one request to one person, its rounds, its one decision and its one redemption (protocol sections 2, 3, 6, 7).
 *
 * Owns `approvals`, `rounds`, `page_tokens` and `receipts`. Promises that an approval ends once, by one answer or none, that what was approved is
 * the document that was on the screen, and that the result is collected once. Must never let a page's say stand for
 * the phone's, nor take an answer after the end.
 */
export { answerApproval } from './answer-approval.ts'
export { registerApplicationApprovals } from './application-routes.ts'
export { registerApprovals } from './approval-routes.ts'
export { cancelApproval, expireApproval, expireOverdue, liveApprovals } from './end-approval.ts'
export { type ApprovalView, isAwaited, readApproval, readPendingApprovals } from './read-approval.ts'
export { type Redeemed, redeemApproval } from './redeem-approval.ts'
export { redeemForApplication } from './redeem-for-application.ts'
export { type ReceiptKeyRotated, rotateReceiptKey } from './rotate-receipt-key.ts'
export { type StartApproval, type Started, startApproval } from './start-approval.ts'
export { startForApplication } from './start-for-application.ts'
export { sweepPageTokens } from './sweep-page-tokens.ts'
export { goOffline, nextRound, type ResponseTaken, type RoundStarted, submitResponse } from './take-code.ts'
export { approvalTopic } from './wake.ts'
export { wakeAgain } from './wake-again.ts'
