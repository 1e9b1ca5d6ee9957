/** What people do on their phones. */
import {
  type DecisionOutcome,
  lockSecret,
  NetworkFailed,
  openDevice,
  RequestRefused,
  type ShownApproval,
  type StoredDevice,
} from '@countersign/device'
import { type AccountId, DeviceId, formatTimestamp } from '@countersign/protocol'
import { activateDevice, holdAccount, insertLinkingDevice, sealUnlockSecret } from '@countersign/server/use-cases'
import { cheapPasscodeHash, usualPasscode } from '../world.ts'
import { channelOf } from './channel.ts'
import type { Command } from './commands.ts'
import { pick, pickRecent } from './seeded-random.ts'
import { type Answer, type Phone, pooledKey, ServerStopped, type SimulatedWorld } from './simulated-world.ts'

const wrongPasscode = '111222'

/** Clocks of phones, in milliseconds ahead of the server's. */
const skews = [0, -4_000, 47_000, -90_000, 600_000]

/** What a phone may meet: no network, a server that stopped, a refusal. Anything else is a bug. */
async function unlessRefused<Value>(world: SimulatedWorld, what: string, work: () => Promise<Value>) {
  try {
    return await work()
  } catch (error) {
    if (error instanceof NetworkFailed) world.say(`${what}: no answer`)
    else if (error instanceof RequestRefused) world.say(`${what}: ${error.code}`)
    else throw error
    return null
  }
}

async function look(world: SimulatedWorld, phone: Phone): Promise<void> {
  const what = `${phone.name} looks`
  const listed = await unlessRefused(world, what, () => phone.device.pendingApprovals())
  if (listed === null) return
  world.demand(listed.refused.length === 0, 'a phone was given a document that it must not show')
  phone.shown = listed.approvals
  world.say(`${what}: ${listed.approvals.length} requests`)
}

const outcomeText = (outcome: DecisionOutcome): string =>
  'state' in outcome ? outcome.state : 'code' in outcome ? outcome.code : outcome.outcome

async function send(world: SimulatedWorld, phone: Phone, answer: Answer): Promise<void> {
  const { shown, kind, passcode, number } = answer
  const what = `${phone.name} answers with ${kind}`
  const outcome = await unlessRefused(world, what, () =>
    kind === 'approve'
      ? phone.device.approve(shown, passcode, number ?? undefined)
      : phone.device.decline(shown, 'changed-mind'),
  )
  if (outcome === null) return
  world.say(`${what}: ${outcomeText(outcome)}`)
  if (kind === 'approve' && outcome.outcome === 'ended' && outcome.code === 'approval_expired') {
    world.happened('a late approve was refused')
  }
}

/** The number that a person picks: the one on a page of this approval, or another one of those on the phone. */
function numberFor(world: SimulatedWorld, shown: ShownApproval, command: Command): string | null {
  if (shown.numbers === null) return null
  const page = world.pages.find(({ approval }) => approval === shown.approval)
  const isRight = world.history.character.wrong === 0 || (command.b * 97) % 1 >= 0.2
  const right = isRight ? page?.view?.number : null
  return right ?? pick(shown.numbers, command.c) ?? null
}

const phoneOf = (world: SimulatedWorld, command: Command): Phone | undefined => pickRecent(world.phones, command.a)

function begin(world: SimulatedWorld, phone: Phone, name: string, seed: number, work: () => Promise<void>) {
  return world.scheduler.run(`${phone.name} ${name}`, seed, work)
}

/** Links a new phone, where the account has none. The steps of linking have tests of their own. */
export async function linkPhone(world: SimulatedWorld, account: AccountId, seed: number): Promise<void> {
  const number = world.keysTaken++
  const key = await pooledKey(number)
  await world.scheduler.run(`${world.nameOf(account)} links a phone`, seed, async () => {
    const { context } = world
    const secret = world.scheduler.random.bytes(32)
    const id = DeviceId.parse(context.random.id('dev'))
    const device = { name: `phone ${number}`, platform: 'virtual', appVersion: '0.1.0' } as const
    try {
      const linked = await context.db.write(async (transaction) => {
        const held = await holdAccount(transaction, account, 'update')
        if (held?.state !== 'active') return false
        const sealedUnlockSecret = sealUnlockSecret(context, id, secret)
        const identity = { id, account, thumbprint: key.thumbprint, signJwk: key.jwk, sealedUnlockSecret }
        await insertLinkingDevice(transaction, { ...identity, ...device })
        return activateDevice(transaction, id, account, null)
      })
      world.say(`${world.nameOf(account)} links phone ${number}: ${linked ? 'done' : 'refused'}`)
      if (!linked) return
    } catch (error) {
      if (error instanceof ServerStopped) return
      throw error
    }
    const stored: StoredDevice = {
      issuer: context.config.issuer,
      device: id,
      account: { id: account, email: '', name: world.nameOf(account) },
      name: device.name,
      keyPair: key.pair,
      publicJwk: key.jwk,
      thumbprint: key.thumbprint,
      lock: await lockSecret(secret, usualPasscode, { passcodeHash: cheapPasscodeHash, extractable: false }),
      biometricLock: null,
      documentKeys: context.keys.documentKeys,
      clockOffset: 0,
      linkedAt: world.clock.now(),
      unfinished: false,
      renewal: null,
      pending: null,
    }
    const skew = pick(skews, world.scheduler.random.fraction()) ?? 0
    const name = `${world.nameOf(account)}'s phone ${number}`
    const linkedDevice = openDevice(stored, {
      appVersion: device.appVersion,
      passcodeHash: cheapPasscodeHash,
      fetch: channelOf(world, name),
      now: () => world.clock.now() + skew,
    })
    world.phones.push({ name, account, device: linkedDevice, shown: [], answers: [] })
  })
}

export async function lookAtPhone(world: SimulatedWorld, command: Command): Promise<void> {
  const phone = phoneOf(world, command)
  if (phone !== undefined) await begin(world, phone, 'looks', command.seed, () => look(world, phone))
}

/** What the phone shows, which is what still waits; a screen that was left open shows what is long over. */
function onScreen(phone: Phone, command: Command): readonly ShownApproval[] {
  const leftOpen = (command.b * 31) % 1 < 0.15
  return leftOpen ? phone.shown : phone.shown.filter(({ document }) => document.expires > formatNow(phone))
}

const formatNow = (phone: Phone): string => formatTimestamp(phone.device.serverNow())

/** Answers something on the screen, which may long have been over. */
export async function answerOnPhone(world: SimulatedWorld, command: Command, kind: Answer['kind']): Promise<void> {
  const phone = phoneOf(world, command)
  const shown = phone && pickRecent(onScreen(phone, command), command.c)
  if (phone === undefined || shown === undefined) return lookAtPhone(world, command)
  const passcodeRight = command.b >= world.history.character.wrong
  const answer: Answer = {
    shown,
    kind,
    passcodeRight,
    passcode: passcodeRight ? usualPasscode : wrongPasscode,
    number: kind === 'approve' ? numberFor(world, shown, command) : null,
  }
  phone.answers.push(answer)
  await begin(world, phone, `answers with ${kind}`, command.seed, () => send(world, phone, answer))
}

/** Sends an answer of before once more, as the app does when it got none. */
export async function repeatAnswer(world: SimulatedWorld, command: Command): Promise<void> {
  const phone = phoneOf(world, command)
  const answer = phone && pickRecent(phone.answers, command.b)
  if (phone === undefined || answer === undefined) return
  await begin(world, phone, `repeats its ${answer.kind}`, command.seed, () => send(world, phone, answer))
}

/** What honest people do, without faults: looks, and approves what this page asks. */
export async function approveFor(world: SimulatedWorld, phone: Phone, approval: string, number: string | null) {
  await look(world, phone)
  const shown = phone.shown.find((one) => one.approval === approval)
  world.demand(shown !== undefined, 'without faults, a phone is shown what is asked of it')
  if (shown === undefined) return
  const answer: Answer = { shown, kind: 'approve', passcodeRight: true, passcode: usualPasscode, number }
  phone.answers.push(answer)
  await send(world, phone, answer)
}
