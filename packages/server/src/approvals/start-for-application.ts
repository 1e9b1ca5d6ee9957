import {
  type AccountReference,
  type ApprovalId,
  type StartApprovalBody,
  sha256,
  toBase64url,
  utf8,
} from '@countersign/protocol'
import { accountById } from '../accounts/index.ts'
import { type Application, findRelated } from '../applications/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Query } from '../db/index.ts'
import { authenticatingDevice } from '../devices/index.ts'
import { Refusal } from '../http/index.ts'
import { type Limit, spend } from '../limits/index.ts'
import { faultyField, findTemplate, type Template, templateOf } from '../templates/index.ts'
import { insertPageToken } from './receipt-store.ts'
import { fatigueWindow } from './risk.ts'
import { startApproval } from './start-approval.ts'

/** Approvals of an account in a row that nobody answers, after which applications may not start more. */
const unansweredMaximum = 10

export interface StartedForApplication {
  readonly approval: ApprovalId
  /** For the page that waits. Kept as a hash only. */
  readonly pageToken: string
  /** Whether it was this call that started it, and not one before it that asked the same. */
  readonly isNew: boolean
}

const minute = 60_000

/** @throws Refusal `rate_limited`; that an application was throttled is told once in a while, to whoever watches the audit */
async function spendStart(context: Context, application: Application): Promise<void> {
  const limit: Limit = { maximum: application.startsPerMinute, windowMs: minute }
  const told: Limit = { maximum: 1, windowMs: 10 * minute }
  const spent = await context.db.write(async (transaction) => {
    const outcome = await spend(transaction, `starts:${application.id}`, limit)
    if (!outcome.ok && (await spend(transaction, `throttled:${application.id}`, told)).ok) {
      await recordAudit(transaction, {
        kind: 'application.throttled',
        application: application.id,
        detail: { starts_per_minute: application.startsPerMinute },
      })
    }
    return outcome
  })
  if (!spent.ok) throw new Refusal('rate_limited', { retry_after: spent.retryAfter })
}

/** Who is asked. @throws Refusal `account_unknown`, `no_device`, `device_blocked` */
async function findAsked(query: Query, application: Application, reference: AccountReference) {
  const id = await findRelated(query, application.id, reference)
  const account = id && (await accountById(query, id))
  if (account?.state !== 'active') throw new Refusal('account_unknown')
  const device = await authenticatingDevice(query, account.id)
  if (device === null) throw new Refusal('no_device')
  if (device.state === 'blocked') throw new Refusal('device_blocked')
  return { account, device }
}

/** @throws Refusal `template_unknown`, `data_refused` */
async function findTemplateFor(query: Query, application: Application, body: StartApprovalBody): Promise<Template> {
  const found = await findTemplate(query, application.id, body.action)
  if (found === null) throw new Refusal('template_unknown')
  const faulty = faultyField(found.definition, body.data)
  if (faulty !== null) throw new Refusal('data_refused', { detail: `Not as the template takes it: data.${faulty}.` })
  return templateOf(found.definition, found.version)
}

/**
 * An application asks a person for an approval.
 *
 * @throws Refusal `scope_missing` where it is not registered for that, `account_unknown`, `no_device`, `device_blocked`,
 * `template_unknown`, `data_refused`, `rate_limited`
 */
export async function startForApplication(
  context: Context,
  application: Application,
  body: StartApprovalBody,
): Promise<StartedForApplication> {
  if (!application.startsApprovals) {
    throw new Refusal('scope_missing', { detail: 'The application is not registered to ask for approvals.' })
  }
  const { template, account, device } = await context.db.read(async (query) => {
    const template = await findTemplateFor(query, application, body)
    return { template, ...(await findAsked(query, application, body.account)) }
  })
  await spendStart(context, application)
  const started = await startApproval(context, {
    account: account.id,
    device: device.id,
    application: { id: application.id, name: application.name },
    action: body.action,
    template,
    locale: body.locale ?? account.locale,
    data: body.data,
    context: body.context,
    // Two applications must not meet in one name; what the application calls a session is its own secret.
    requester: `${application.id} ${toBase64url(sha256(utf8(body.session)))}`,
    unansweredMaximum,
    ...(body.binding === undefined ? {} : { binding: body.binding }),
  })
  if (started.kind === 'refused') {
    if (started.code === 'rate_limited') throw new Refusal('rate_limited', { retry_after: fatigueWindow / 1000 })
    throw new Refusal('no_device')
  }
  const pageToken = `cpt_${toBase64url(context.random.bytes(32))}`
  await context.db.write((transaction) => insertPageToken(transaction, started.approval, sha256(utf8(pageToken))))
  return { approval: started.approval, pageToken, isNew: started.kind === 'started' }
}
