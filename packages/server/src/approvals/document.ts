/** PURE: builds the document of a round from what is asked, by the action's template (protocol section 3). */
import {
  type AccountId,
  type ActionData,
  type ApplicationId,
  ApprovalDocument,
  type ApprovalId,
  type Binding,
  canonicalBytes,
  type DeviceId,
  formatTimestamp,
  type Locale,
  longestDocument,
  toBase64url,
} from '@countersign/protocol'
import { Refusal } from '../http/index.ts'
import type { Template } from '../templates/index.ts'
import { roundLength } from './approval.ts'

/** What is asked, of whom. */
export interface Question {
  readonly approval: ApprovalId
  readonly audience: string
  readonly account: { readonly id: AccountId; readonly email: string }
  readonly device: DeviceId
  readonly application: { readonly id: ApplicationId; readonly name: string }
  readonly action: string
  readonly template: Template
  readonly locale: Locale
  readonly data: ActionData
  readonly context: ApprovalDocument['context']
  readonly binding: Binding
}

/**
 * The first document of an approval. `now` in milliseconds; `nonce` is 32 random bytes.
 *
 * @throws Refusal `data_refused` when it would be too large for its receipt
 */
export function firstDocument(question: Question, now: number, nonce: Uint8Array): ApprovalDocument {
  const { template } = question
  const { headline, lines } = template.fill({
    locale: question.locale,
    application: question.application.name,
    account: question.account.email,
    data: question.data,
    ...question.context,
  })
  const document = ApprovalDocument.parse({
    v: 1,
    approval: question.approval,
    round: 1,
    audience: question.audience,
    account: question.account.id,
    device: question.device,
    application: question.application,
    action: question.action,
    template: template.version,
    locale: question.locale,
    headline,
    lines,
    data: question.data,
    context: question.context,
    binding: question.binding,
    nonce: toBase64url(nonce),
    issued: formatTimestamp(now),
    expires: formatTimestamp(now + roundLength),
  })
  if (canonicalBytes(document).length <= longestDocument) return document
  throw new Refusal('data_refused', { detail: `What is asked is longer than ${longestDocument} bytes.` })
}

/** The document of the next round: the same question, with a nonce and times of its own. */
export const nextDocument = (before: ApprovalDocument, now: number, nonce: Uint8Array): ApprovalDocument => ({
  ...before,
  round: before.round + 1,
  nonce: toBase64url(nonce),
  issued: formatTimestamp(now),
  expires: formatTimestamp(now + roundLength),
})
