import {
  type AccountId,
  type ApplicationId,
  type ApprovalDocument,
  ApprovalId,
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
import { nowMs } from '../db/index.ts'
import { queuePush } from '../delivery/index.ts'
import { holdDevice } from '../devices/index.ts'
import { announceOutbox, type Queued } from '../jobs/index.ts'
import { roundLength, stateAt } from './approval.ts'
import { endPending, findByLiveKey, insertApproval } from './approval-store.ts'
import { drawBinding } from './binding.ts'
import { firstDocument, nextDocument, type Question } from './document.ts'
import type { NewRound } from './round-store.ts'
import { type Action, templates } from './templates.ts'
import { wake } from './wake.ts'

/** What is asked. `requester` tells browsers apart: one approval of an action is alive for each of them. */
export interface StartApproval {
  readonly account: AccountId
  readonly device: DeviceId
  readonly application: { readonly id: ApplicationId; readonly name: string }
  readonly action: Action
  readonly locale: Locale
  readonly data: Readonly<Record<string, string>>
  readonly context: ApprovalDocument['context']
  readonly requester: string
}

export type Started =
  | { readonly kind: 'started'; readonly approval: ApprovalId }
  /** The same was already asked and is still alive. */
  | { readonly kind: 'live'; readonly approval: ApprovalId }
  /** The account cannot be asked: it or its device is not active, or the device is not the authenticating one. */
  | { readonly kind: 'refused'; readonly code: 'device_unknown' }

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

/** Asks a person for an approval (protocol sections 2 and 3). */
export async function startApproval(context: Context, input: StartApproval): Promise<Started> {
  const liveKey = `${input.account} ${input.action} ${input.requester}`
  const [account, now, live] = await context.db.read((query) =>
    Promise.all([accountById(query, input.account), nowMs(query), findByLiveKey(query, liveKey)]),
  )
  if (account?.state !== 'active') return { kind: 'refused', code: 'device_unknown' }
  if (live !== null && stateAt(live, now) === 'pending') return { kind: 'live', approval: live.id }

  const id = ApprovalId.parse(context.random.id('apr'))
  const question: Question = {
    ...input,
    approval: id,
    audience: context.config.issuer,
    account,
    binding: templates[input.action].binding,
  }
  const round = await signRound(context, firstDocument(question, now, context.random.bytes(32)))
  let pushed: Queued | null = null
  const started = await context.db.write(async (transaction): Promise<Started> => {
    const [heldAccount, heldDevice] = await Promise.all([
      holdAccount(transaction, input.account, 'share'),
      holdDevice(transaction, input.device, 'share'),
    ])
    const mayBeAsked =
      heldAccount?.state === 'active' &&
      heldDevice?.state === 'active' &&
      heldDevice.authenticating &&
      heldDevice.account === input.account
    if (!mayBeAsked) return { kind: 'refused', code: 'device_unknown' }
    if (live !== null && (await endPending(transaction, live.id, 'expired', null))) {
      await recordAudit(transaction, { kind: 'approval.expired', account: input.account, approval: live.id })
    }
    const inserted = await insertApproval(
      transaction,
      {
        id,
        account: input.account,
        device: input.device,
        application: input.application.id,
        action: input.action,
        template: templates[input.action].version,
        locale: input.locale,
        binding: question.binding,
        secret: drawBinding(question.binding, context.random),
        data: input.data,
        context: input.context,
        liveKey,
      },
      round,
    )
    if (!inserted) {
      // Somebody else asked the same between our look and now.
      const other = await findByLiveKey(transaction, liveKey)
      return other === null ? { kind: 'refused', code: 'device_unknown' } : { kind: 'live', approval: other.id }
    }
    const [queued] = await Promise.all([
      queuePush(context, transaction, { approval: id, ...input, expires: round.expiresAt }, now),
      recordAudit(transaction, {
        kind: 'approval.started',
        account: input.account,
        device: input.device,
        approval: id,
        application: input.application.id,
        detail: { action: input.action, binding: question.binding },
      }),
    ])
    pushed = queued
    return { kind: 'started', approval: id }
  })
  if (started.kind === 'started') {
    if (pushed !== null) announceOutbox(context, pushed)
    wake(context, { id, device: input.device })
  }
  return started
}
