import {
  type AccountId,
  type ActionData,
  type ApplicationId,
  type ApprovalDocument,
  ApprovalId,
  type Binding,
  canonicalText,
  type DeviceId,
  documentType,
  type Locale,
  sha256,
  signJws,
  utf8,
} from '@countersign/protocol'
import { accountById, holdAccount } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { nowMs, type Transaction } from '../db/index.ts'
import { queuePush } from '../delivery/index.ts'
import { holdDevice } from '../devices/index.ts'
import { announceOutbox, type Queued } from '../jobs/index.ts'
import type { Template } from '../templates/index.ts'
import { roundLength, stateAt } from './approval.ts'
import { endPending, findByLiveKey, insertApproval, type StoredApproval } from './approval-store.ts'
import { drawBinding } from './binding.ts'
import { firstDocument, nextDocument, type Question } from './document.ts'
import { readRecent } from './recent-store.ts'
import { recordEnd } from './record-end.ts'
import { type Risk, riskOf, strongest } from './risk.ts'
import type { NewRound } from './round-store.ts'
import { wake } from './wake.ts'

/** What is asked. `requester` tells browsers apart: one approval of an action is alive for each of them. */
export interface StartApproval {
  readonly account: AccountId
  readonly device: DeviceId
  readonly application: { readonly id: ApplicationId; readonly name: string }
  readonly action: string
  readonly template: Template
  readonly locale: Locale
  readonly data: ActionData
  readonly context: ApprovalDocument['context']
  readonly requester: string
  /** May raise what the template asks for. */
  readonly binding?: Binding
  /** Unanswered approvals of the account after which this one is refused; left out, there is no end of them. */
  readonly unansweredMaximum?: number
}

export type Started =
  | { readonly kind: 'started'; readonly approval: ApprovalId }
  /** The same was already asked and is still alive. */
  | { readonly kind: 'live'; readonly approval: ApprovalId }
  /**
   * The account cannot be asked: it or its device is not active, or the device is not the authenticating one; or nobody
   * answered so many before it.
   */
  | { readonly kind: 'refused'; readonly code: 'device_unknown' | 'rate_limited' }

/** What a look at the database says before anything is signed. */
interface Look {
  readonly live: StoredApproval | null
  readonly risk: Risk
  readonly now: number
}

/** The look is not true any more: somebody else asked in the same moment. */
type Overtaken = { readonly kind: 'overtaken' }

async function signRound(context: Context, document: ApprovalDocument): Promise<NewRound> {
  const text = canonicalText(document)
  const payload = utf8(text)
  const documentJws = await signJws({
    type: documentType,
    keyId: context.keys.documentKey.id,
    payload,
    key: context.keys.documentKey.key,
  })
  const issuedAt = Date.parse(document.issued)
  return {
    round: document.round,
    documentText: text,
    documentJws,
    digest: sha256(payload),
    issuedAt,
    expiresAt: issuedAt + roundLength,
  }
}

/** Signs the document of the round after `before`. */
export const signNextRound = (context: Context, before: ApprovalDocument, now: number): Promise<NewRound> =>
  signRound(context, nextDocument(before, now, context.random.bytes(32)))

const isSame = (live: StoredApproval, { data }: StartApproval) => canonicalText(live.data) === canonicalText(data)

/** The approval that ended so that this one could start, and what is told of that. */
interface EndedBefore {
  readonly approval: StoredApproval
  readonly queued: readonly Queued[]
}

/** Ends the approval of this kind before this one: its time has come, or something else is asked now. */
async function endBefore(
  context: Context,
  transaction: Transaction,
  live: StoredApproval,
): Promise<EndedBefore | null> {
  const ends = [
    { state: 'expired', reason: null },
    { state: 'cancelled', reason: 'replaced' },
  ] as const
  for (const { state, reason } of ends) {
    if (!(await endPending(transaction, live.id, state, reason))) continue
    return { approval: live, queued: await recordEnd(context, transaction, live, { state, reason }) }
  }
  return null
}

interface Written {
  readonly outcome: Started | Overtaken
  readonly ended: EndedBefore | null
  readonly pushed: Queued | null
}

async function writeStart(
  context: Context,
  transaction: Transaction,
  {
    input,
    liveKey,
    question,
    round,
    look,
  }: {
    readonly input: StartApproval
    readonly liveKey: string
    readonly question: Question
    readonly round: NewRound
    readonly look: Look
  },
): Promise<Written> {
  const nothing = { ended: null, pushed: null }
  const [account, device, recent] = await Promise.all([
    // For update: two that are asked at once must know of each other.
    holdAccount(transaction, input.account, 'update'),
    holdDevice(transaction, input.device, 'share'),
    readRecent(transaction, input.account),
  ])
  const mayBeAsked =
    account?.state === 'active' &&
    device?.state === 'active' &&
    device.authenticating &&
    device.account === input.account
  if (!mayBeAsked) return { ...nothing, outcome: { kind: 'refused', code: 'device_unknown' } }
  const risk = riskOf(recent, liveKey)
  if (strongest(question.binding, risk.binding) !== question.binding)
    return { ...nothing, outcome: { kind: 'overtaken' } }
  const ended = look.live === null ? null : await endBefore(context, transaction, look.live)
  const { approval: id, binding } = question
  const { action, template, locale, data } = input
  const inserted = await insertApproval(
    transaction,
    {
      id,
      account: input.account,
      device: input.device,
      application: input.application.id,
      action,
      template: template.version,
      locale,
      binding,
      secret: drawBinding(binding, context.random),
      data,
      context: input.context,
      liveKey,
      quiet: risk.quiet,
    },
    round,
  )
  if (!inserted) return { ...nothing, outcome: { kind: 'overtaken' } }
  const [pushed] = await Promise.all([
    risk.quiet ? null : queuePush(context, transaction, { approval: id, ...input, expires: round.expiresAt }, look.now),
    recordAudit(transaction, {
      kind: 'approval.started',
      account: input.account,
      device: input.device,
      approval: id,
      application: input.application.id,
      detail: { action, binding, unanswered: risk.unanswered, quiet: risk.quiet },
    }),
  ])
  return { outcome: { kind: 'started', approval: id }, ended, pushed }
}

/** Asks a person for an approval (protocol sections 2, 3 and 9). */
export async function startApproval(context: Context, input: StartApproval): Promise<Started> {
  const liveKey = `${input.account} ${input.action} ${input.requester}`
  const [account, now, live, recent] = await context.db.read((query) =>
    Promise.all([
      accountById(query, input.account),
      nowMs(query),
      findByLiveKey(query, liveKey),
      readRecent(query, input.account),
    ]),
  )
  if (account?.state !== 'active') return { kind: 'refused', code: 'device_unknown' }
  if (live !== null && stateAt(live, now) === 'pending' && isSame(live, input))
    return { kind: 'live', approval: live.id }
  const look: Look = { live, risk: riskOf(recent, liveKey), now }
  if (input.unansweredMaximum !== undefined && look.risk.unanswered >= input.unansweredMaximum) {
    return { kind: 'refused', code: 'rate_limited' }
  }

  const id = ApprovalId.parse(context.random.id('apr'))
  const question: Question = {
    ...input,
    approval: id,
    audience: context.config.issuer,
    account,
    binding: strongest(input.template.binding, input.binding ?? 'plain', look.risk.binding),
  }
  const round = await signRound(context, firstDocument(question, now, context.random.bytes(32)))
  const { outcome, ended, pushed } = await context.db.write((transaction) =>
    writeStart(context, transaction, { input, liveKey, question, round, look }),
  )
  if (outcome.kind === 'overtaken') return startApproval(context, input)
  if (outcome.kind === 'started') {
    if (pushed !== null) announceOutbox(context, pushed)
    if (ended !== null) wake(context, ended.approval, ended.queued)
    wake(context, { id, device: input.device })
  }
  return outcome
}
