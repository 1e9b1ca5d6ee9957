/** PURE: builds the document of a round from what is asked, by the action's template (protocol section 3). */
import {
  type AccountId,
  type ApplicationId,
  ApprovalDocument,
  type ApprovalId,
  type Binding,
  type DeviceId,
  formatTimestamp,
  type Locale,
  toBase64url,
} from '@countersign/protocol'
import { roundLength } from './approval.ts'
import { type Action, templates } from './templates.ts'

/** What is asked, of whom. */
export interface Question {
  readonly approval: ApprovalId
  readonly audience: string
  readonly account: { readonly id: AccountId; readonly email: string }
  readonly device: DeviceId
  readonly application: { readonly id: ApplicationId; readonly name: string }
  readonly action: Action
  readonly locale: Locale
  readonly data: Readonly<Record<string, string>>
  readonly context: ApprovalDocument['context']
  readonly binding: Binding
}

/** The first document of an approval. `now` in milliseconds; `nonce` is 32 random bytes. */
export function firstDocument(question: Question, now: number, nonce: Uint8Array): ApprovalDocument {
  const template = templates[question.action]
  const { headline, lines } = template.fill({
    locale: question.locale,
    application: question.application.name,
    account: question.account.email,
    ...question.context,
  })
  return ApprovalDocument.parse({
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
}

/** The document of the next round: the same question, with a nonce and times of its own. */
export const nextDocument = (before: ApprovalDocument, now: number, nonce: Uint8Array): ApprovalDocument => ({
  ...before,
  round: before.round + 1,
  nonce: toBase64url(nonce),
  issued: formatTimestamp(now),
  expires: formatTimestamp(now + roundLength),
})
