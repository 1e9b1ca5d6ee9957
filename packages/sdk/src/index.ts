/**
 * Approvals from a back end of your own: ask, wait, collect, and verify receipts and webhooks.
 *
 * Owns how the server is called. Promises that nothing is asked or done twice because a connection was lost, answers that
 * are what their types say, and one class of errors. Must never keep anything, tell anybody the API key but the server, or
 * need more at run time than the protocol.
 */
export type {
  AccountAnswer,
  AccountList,
  ApprovalAnswer,
  ApprovalPage,
  LinkingOffer,
  LinkingOfferAnswer,
  PutAccountBody,
  ReceiptPayload,
  RedeemedApproval,
  RegisteredWebhook,
  StartedApproval,
  TemplateAnswer,
  TemplateDefinition,
  WebhookAnswer,
  WebhookEvent,
  WebhookMessage,
  WebhookMessagePage,
} from '@countersign/protocol'
export type { Accounts, ListAccounts } from './accounts.ts'
export type { Approvals, ListApprovals, StartApproval } from './approvals.ts'
export { Countersign, type CountersignOptions } from './countersign.ts'
export { CountersignError, type CountersignErrorCode } from './countersign-error.ts'
export type { Receipts } from './receipts.ts'
export type { CallOptions, CreateOptions } from './requests.ts'
export type { Templates } from './templates.ts'
export type { ListMessages, ReceivedWebhook, WebhookHeaders, Webhooks } from './webhooks.ts'
