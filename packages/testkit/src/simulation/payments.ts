/** What an application does by itself: it asks for payments, and collects them once. */
import { type ActionData, ApprovalId, canonicalText, utf8, verifyReceipt } from '@countersign/protocol'
import {
  Refusal,
  readReceiptKeys,
  redeemForApplication,
  runOnce,
  startForApplication,
} from '@countersign/server/use-cases'
import * as z from 'zod/mini'
import { action, application } from './payment-action.ts'
import type { Page, SimulatedWorld } from './simulated-world.ts'

const payee = 'Skogens El AB'
const [usual, changed] = [
  { amount: '1250.00 SEK', payee },
  { amount: '99.50 SEK', payee },
]
const [changes, lost] = [0.3, 0.2]

const registered = {
  ...application,
  redirectUris: [],
  postLogoutRedirectUris: [],
  startsApprovals: true,
  startsPerMinute: 600,
}

const Started = z.object({ approval: ApprovalId, pageToken: z.string(), isNew: z.boolean() })

/** The code of a refusal, which an application lives with; anything else that is thrown is a fault. */
async function orRefused<Value>(
  work: () => Promise<Value>,
): Promise<{ kind: 'done'; value: Value } | { kind: 'refused'; code: string }> {
  try {
    return { kind: 'done', value: await work() }
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', code: error.code }
    throw error
  }
}

/** One call with its idempotency key. */
async function callToStart(world: SimulatedWorld, page: Page, data: ActionData, key: string) {
  const { context } = world
  const body = {
    account: { id: page.account },
    action,
    data,
    locale: 'sv',
    context: { place: null, browser: 'Firefox' },
    session: page.name,
  } as const
  const call = { application: application.id, route: 'POST /v1/approvals', key, body: utf8(canonicalText(body)) }
  const asked = await orRefused(() =>
    runOnce(context, call, async () => ({ status: 201, body: await startForApplication(context, registered, body) })),
  )
  world.say(`${page.name} is asked for: ${asked.kind === 'done' ? 'done' : asked.code}`)
  return asked.kind === 'done' ? Started.parse(asked.value.answer.body) : null
}

/** Asks for a payment; sometimes for another one, sometimes twice, because the answer was lost. */
export async function startPayment(world: SimulatedWorld, page: Page): Promise<ApprovalId | null> {
  const { random } = world.scheduler
  const data = random.chance(changes) ? changed : usual
  const key = random.id('key')
  const isLost = random.chance(lost)
  const first = await callToStart(world, page, data, key)
  const told = isLost ? await callToStart(world, page, data, key) : first
  if (told === null) return null
  if (isLost && first !== null) {
    world.demand(canonicalText(told) === canonicalText(first), 'one idempotency key was answered in two ways')
    world.happened('an idempotency key was sent again and got the same approval')
  }
  const before = world.started.get(told.approval)
  if (!told.isNew) world.happened('the same was asked again and found alive')
  world.demand(before === undefined || before === canonicalText(data), 'other data got the approval of before')
  world.started.set(told.approval, canonicalText(data))
  return told.approval
}

/** Collects a payment. What is collected is what was asked, with a receipt that anybody can verify. */
export async function redeemPayment(world: SimulatedWorld, approval: ApprovalId, redemption: string) {
  const redeemed = await orRefused(() => redeemForApplication(world.context, application.id, approval, redemption))
  if (redeemed.kind === 'refused') return redeemed
  const { data, receipt } = redeemed.value
  world.demand(canonicalText(data) === world.started.get(approval), 'what was redeemed is not what was asked')
  const keys = await world.database.read(readReceiptKeys)
  const { issuer } = world.context.config
  const verified = await verifyReceipt(receipt, { keys, issuer, application: application.id })
  const isOfThis =
    verified.kind === 'valid' &&
    verified.receipt.document.approval === approval &&
    canonicalText(verified.receipt.document.data) === canonicalText(data)
  world.demand(isOfThis, 'a receipt does not verify, or is about something else')
  return { kind: 'redeemed', ...redeemed.value } as const
}
