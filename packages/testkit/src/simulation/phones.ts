/** What people do on their phones. */
import {
  type DecisionOutcome,
  lockSecret,
  NetworkFailed,
  type OpenDeviceOptions,
  openDevice,
  RequestRefused,
  type ShownApproval,
  type StoredDevice,
  settle,
} from '@countersign/device'
import { type AccountId, DeviceId, formatTimestamp } from '@countersign/protocol'
import { activateDevice, holdAccount, insertLinkingDevice, sealUnlockSecret } from '@countersign/server/use-cases'
import { cheapPasscodeHash, usualPasscode } from '../world.ts'
import { channelOf } from './channel.ts'
import type { Command } from './commands.ts'
import { newBrowser, subscribePhone } from './pushes.ts'
import { pick, pickRecent } from './seeded-random.ts'
import { type Answer, type Phone, pooledKey, ServerStopped, type SimulatedWorld } from './simulated-world.ts'

export const wrongPasscode = '111222'

/** Clocks of phones, in milliseconds ahead of the server's. */
const skews = [0, -4_000, 47_000, -90_000, 600_000]

/** The passcode of the copy that a phone has. */
export const rightPasscode = ({ device, passcodes }: Phone): string =>
  passcodes.get(device.stored.renewal) ?? usualPasscode

/** Puts what is stored to work, in the place of what was before. */
export function reopen(phone: Phone, stored: StoredDevice): StoredDevice {
  phone.device = openDevice({ ...stored, clockOffset: phone.clockOffset }, phone.options)
  return phone.device.stored
}

/** What a phone may meet: no network, a server that stopped, a refusal. Anything else is a bug. */
export async function unlessRefused<Value>(world: SimulatedWorld, what: string, work: () => Promise<Value>) {
  try {
    return await work()
  } catch (error) {
    if (error instanceof NetworkFailed) world.say(`${what}: no answer`)
    else if (error instanceof RequestRefused) world.say(`${what}: ${error.code}`)
    else throw error
    return null
  }
}

/** A phone that does not know whether its new secret is in force asks. */
export async function settlePending(world: SimulatedWorld, phone: Phone): Promise<void> {
  if (phone.device.stored.pending === null) return
  const what = `${phone.name} asks which secret is in force`
  const answer = await unlessRefused(world, what, () => phone.device.readDevice())
  const { stored } = phone.device
  if (answer === null || stored.pending === null) return
  const settled = settle(stored, answer, phone.device.serverNow())
  if (settled === stored) return
  reopen(phone, settled)
  const isInForce = settled.renewal === stored.pending.renewal
  world.say(`${what}: ${isInForce ? 'the new one' : 'the old one'}`)
  if (phone.isRenewing) return
  world.happened(
    isInForce
      ? 'a renewal came into force and its answer was lost'
      : 'a renewal got no answer and never came into force',
  )
}

async function look(world: SimulatedWorld, phone: Phone): Promise<void> {
  await settlePending(world, phone)
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
  const isOutdated = (await world.copyInForce(phone.device.stored.device)) !== answer.copy
  if (outcome.outcome === 'unlock_failed' && answer.passcodeRight && isOutdated) {
    world.happened('what an old secret made was refused')
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

export const phoneOf = (world: SimulatedWorld, command: Command): Phone | undefined =>
  pickRecent(world.phones, command.a)

export function begin(world: SimulatedWorld, phone: Phone, name: string, seed: number, work: () => Promise<void>) {
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
    const options: OpenDeviceOptions = {
      appVersion: device.appVersion,
      passcodeHash: cheapPasscodeHash,
      fetch: channelOf(world, name),
      now: () => world.clock.now() + skew,
      onClockOffset: (offset) => {
        phone.clockOffset = offset
      },
    }
    const phone: Phone = {
      name,
      account,
      device: openDevice(stored, options),
      options,
      clockOffset: 0,
      passcodes: new Map([[null, usualPasscode]]),
      renewal: null,
      isRenewing: false,
      shown: [],
      answers: [],
      starts: [],
      browser: newBrowser(world.scheduler.random.bytes(16)),
      notifications: new Map(),
    }
    world.phones.push(phone)
    await subscribePhone(world, phone)
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
    passcode: passcodeRight ? rightPasscode(phone) : wrongPasscode,
    copy: phone.device.stored.renewal,
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
  const passcode = answer.passcodeRight ? rightPasscode(phone) : wrongPasscode
  const again = { ...answer, passcode, copy: phone.device.stored.renewal }
  phone.answers.push(again)
  await begin(world, phone, `repeats its ${answer.kind}`, command.seed, () => send(world, phone, again))
}

/** What honest people do, without faults: looks, and approves what this page asks. */
export async function approveFor(world: SimulatedWorld, phone: Phone, approval: string, number: string | null) {
  await look(world, phone)
  const shown = phone.shown.find((one) => one.approval === approval)
  world.demand(shown !== undefined, 'without faults, a phone is shown what is asked of it')
  if (shown === undefined) return
  const { renewal: copy } = phone.device.stored
  const answer: Answer = { shown, kind: 'approve', passcodeRight: true, passcode: rightPasscode(phone), copy, number }
  phone.answers.push(answer)
  await send(world, phone, answer)
}
