/** What people do to their passcode: another one, and with it another unlock secret (protocol section 4). */
import { type Renewal, type StoredDevice, startRenewal } from '@countersign/device'
import { usualPasscode } from '../world.ts'
import type { Command } from './commands.ts'
import {
  begin,
  lookAtPhone,
  phoneOf,
  reopen,
  rightPasscode,
  settlePending,
  unlessRefused,
  wrongPasscode,
} from './phones.ts'
import type { Phone, SimulatedWorld } from './simulated-world.ts'

const otherPasscode = '593827'

/** The passcode of now is asked first. */
async function startOn(world: SimulatedWorld, phone: Phone, passcodeRight: boolean): Promise<void> {
  const what = `${phone.name} begins to change its passcode`
  await settlePending(world, phone)
  const { stored } = phone.device
  phone.starts.push({ copy: stored.renewal, passcodeRight })
  const passcode = passcodeRight ? rightPasscode(phone) : wrongPasscode
  const begun = await unlessRefused(world, what, () => startRenewal(stored, phone.options, passcode))
  if (begun === null) return
  world.say(`${what}: ${begun.outcome}`)
  if (begun.outcome === 'started') phone.renewal = begun.renewal
}

/** Another one was chosen. */
async function finishOn(world: SimulatedWorld, phone: Phone, renewal: Renewal): Promise<void> {
  const what = `${phone.name} changes its passcode`
  const passcode = rightPasscode(phone) === usualPasscode ? otherPasscode : usualPasscode
  const keep = async (kept: StoredDevice) => {
    if (kept.pending !== null) phone.passcodes.set(kept.pending.renewal, passcode)
    return reopen(phone, kept)
  }
  const finished = await unlessRefused(world, what, () => renewal.finish({ passcode, credential: null, keep }))
  if (finished !== null) world.say(`${what}: done`)
}

/** Goes on with what was begun on this phone, or begins. One at a time: there is one screen for it. */
export async function renewOnPhone(world: SimulatedWorld, command: Command): Promise<void> {
  const phone = phoneOf(world, command)
  if (phone === undefined || phone.isRenewing) return lookAtPhone(world, command)
  const { renewal } = phone
  const goesOn = renewal !== null && command.c < 0.85
  // Less often wrong than for a decision: a phone that is blocked here shows nothing else any more.
  const passcodeRight = command.b >= world.history.character.wrong / 2
  phone.isRenewing = true
  phone.renewal = null
  await begin(
    world,
    phone,
    goesOn ? 'changes its passcode' : 'begins to change its passcode',
    command.seed,
    async () => {
      try {
        await (goesOn ? finishOn(world, phone, renewal) : startOn(world, phone, passcodeRight))
      } finally {
        phone.isRenewing = false
      }
    },
  )
}
