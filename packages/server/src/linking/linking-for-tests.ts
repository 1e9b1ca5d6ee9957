/** An account without a device, its SMS, and a phone that is about to be linked to it. */
import { expect } from 'vitest'
import { addAccount } from '../accounts/index.ts'
import type { TestContext } from '../context-for-tests.ts'
import { authenticatingDevice } from '../devices/index.ts'
import { runOutbox } from '../jobs/index.ts'
import { createDemoInbox, smsHandlers } from '../sms/index.ts'
import { createPhone } from './phone-for-tests.ts'

export const password = 'morgonbris-vid-havet'
export const email = 'anna@strand.example'
export const minute = 60_000

/** Approvals are no subject of these tests. */
export const noApprovals = { cancelLiveApprovals: async () => [], wakeCancelled: () => {} }
export const noBelongings = { approvals: noApprovals, forget: async () => {} }

/** A code that is not this one. */
export const otherThan = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

/** A refusal with this code that tells at least this. */
export const refusal = (code: string, extra: object = {}): unknown =>
  expect.objectContaining({ code, extra: expect.objectContaining(extra) })

/** How often which outcome came: `taken`, or the code of a refusal. */
export function outcomes(results: readonly PromiseSettledResult<unknown>[]): Record<string, number> {
  const counted: Record<string, number> = {}
  for (const result of results) {
    const name = result.status === 'fulfilled' ? 'taken' : String(result.reason.code ?? result.reason)
    counted[name] = (counted[name] ?? 0) + 1
  }
  return counted
}

async function addAnna(context: TestContext) {
  const person = { name: 'Anna Lind', phoneNumber: '+46701740605', locale: 'sv' } as const
  const added = await addAccount(context, { ...person, email, secret: { password } })
  if (added.kind === 'refused') throw new Error(added.faults.join(' '))
  return added.account
}

export async function openLinkingWorld(context: TestContext) {
  const inbox = createDemoInbox(context)
  const anna = await addAnna(context)
  const phone = await createPhone(context)

  const newestCode = async (): Promise<string> => {
    await runOutbox(context, smsHandlers(inbox))
    return /#(\d{6})$/.exec(inbox.messages()[0]?.text ?? '')?.[1] ?? ''
  }
  const start = async (by = phone) => (await by.start(email, password)).linking
  const toKeys = async (by = phone) => {
    const id = await start(by)
    const { expires: _, ...agreed } = await by.submitCode(id, await newestCode())
    return { id, ...agreed, transcript: await by.transcript(id, agreed) }
  }
  const toActivate = async (by = phone) => {
    const begun = await toKeys(by)
    await by.agree(begun.id, begun.transcript)
    return { ...begun, secret: await by.secret(begun.transcript) }
  }
  const link = async (by = phone) => {
    const ready = await toActivate(by)
    return { ...ready, answer: await by.activate(ready.id, ready.device, ready.secret) }
  }
  /** The device of the account that is asked, if there is one. */
  const asked = () => context.db.read((query) => authenticatingDevice(query, anna.id))
  const auditKinds = async (): Promise<string[]> => {
    const rows = await context.db.read((query) => query.selectFrom('audit').select('kind').orderBy('seq').execute())
    return rows.map(({ kind }) => kind)
  }
  return { context, inbox, anna, phone, newestCode, start, toKeys, toActivate, link, asked, auditKinds }
}

export type LinkingWorld = Awaited<ReturnType<typeof openLinkingWorld>>
