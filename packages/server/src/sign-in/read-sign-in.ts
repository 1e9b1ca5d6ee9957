import type { ApprovalId, SignInState } from '@countersign/protocol'
import { accountById, maskPhoneNumber } from '../accounts/index.ts'
import { findApplication, homeOf } from '../applications/index.ts'
import { type ApprovalView, approvalTopic, expireApproval, nextRound, readApproval } from '../approvals/index.ts'
import type { Context } from '../context.ts'
import { nowMs } from '../db/index.ts'
import { authenticatingDevice, linkedDeviceOf } from '../devices/index.ts'
import { Refusal, type Watched } from '../http/index.ts'
import { moveSignIn, signInTopic } from './move-sign-in.ts'
import { type Place, placeOf, type SignIn, type SignInId, type Surroundings, stateOf } from './sign-in.ts'
import { findSignIn } from './sign-in-store.ts'

/** A sign-in as it is now. */
export interface Current {
  readonly signIn: SignIn
  readonly place: Place
  readonly state: SignInState
  /** The name of the application that is signed in to. */
  readonly applicationName: string
  /** The database's clock, milliseconds since the epoch. */
  readonly now: number
}

async function surroundingsOf(context: Context, signIn: SignIn): Promise<Surroundings> {
  const { account, step } = signIn
  const approval = signIn.approval === null ? null : await readApproval(context, signIn.approval)
  if (account === null) return { approval, phoneNumber: null, device: null }
  return context.db.read(async (query) => {
    const person = step === 'sms-code' ? await accountById(query, account) : null
    const device = step === 'link-phone' || step === 'blocked' ? await linkedDeviceOf(query, account) : null
    return {
      approval,
      phoneNumber: person === null ? null : maskPhoneNumber(person.phoneNumber),
      device: device?.name ?? null,
    }
  })
}

/** Reads a sign-in with what it depends on; null when there is none, or its time is over. */
export async function readSignIn(context: Context, id: SignInId): Promise<Current | null> {
  const read = await context.db.read(async (query) => {
    const signIn = await findSignIn(query, id)
    const application = signIn && (await findApplication(query, signIn.application))
    return application ? { signIn, application, now: await nowMs(query) } : null
  })
  if (read === null) return null
  const { signIn, application, now } = read
  const surroundings = await surroundingsOf(context, signIn)
  const place = placeOf(signIn, surroundings)
  const state = stateOf(signIn, place, surroundings, {
    now: surroundings.approval?.now ?? now,
    application: application.name,
    applicationUrl: homeOf(application),
    supportEmail: context.config.brand.supportEmail,
    phoneUrl: context.config.phoneUrl,
  })
  return { signIn, place, state, applicationName: application.name, now }
}

/** Reads a sign-in for a command. @throws Refusal `sign_in_expired` */
export async function requireSignIn(context: Context, id: SignInId): Promise<Current> {
  const current = await readSignIn(context, id)
  if (current === null) throw new Refusal('sign_in_expired')
  return current
}

/** What a waiting page watches. */
interface SignInWatch {
  readonly version: string
  readonly state: SignInState
  readonly approval: ApprovalId | null
}

const codeRanOut = (approval: ApprovalView): boolean => approval.offline && approval.now >= approval.expires

// Never at once: the database's clock may be behind ours, and asking until they agree would be a tight loop.
const soonest = 100

/**
 * The phone was blocked while the page waited: the sign-in stays there, so that a phone that is linked anew is asked.
 *
 * @returns whether the sign-in was moved
 */
async function keepBlocked(context: Context, signIn: SignIn): Promise<boolean> {
  const { account } = signIn
  if (account === null) return false
  const device = await context.db.read((query) => authenticatingDevice(query, account))
  if (device?.state !== 'blocked') return false
  const entry = { kind: 'sign-in.phone-blocked', device: device.id } as const
  return moveSignIn(context, signIn, { step: 'blocked', approval: null }, entry)
}

/** A sign-in that a page watches. While somebody watches, a code that runs out is followed by the next one. */
export function watchSignIn(context: Context, id: SignInId): Watched<SignInWatch> {
  let expiryWritten = false
  const read = async (): Promise<SignInWatch | null> => {
    const current = await readSignIn(context, id)
    if (current === null) return null
    const { signIn, place, state } = current
    if (place.kind === 'pending' && codeRanOut(place.approval)) {
      const next = await nextRound(context, place.approval.id)
      if (next.kind === 'started') return read()
    }
    if (place.kind === 'blocked' && signIn.step === 'approval' && (await keepBlocked(context, signIn))) return read()
    if (place.kind === 'expired' && signIn.approval !== null && !expiryWritten) {
      expiryWritten = true
      await expireApproval(context, signIn.approval)
    }
    return { version: state.version, state, approval: signIn.approval }
  }
  return {
    event: 'state',
    topics: (value) => [
      signInTopic(id),
      ...(value === null || value.approval === null ? [] : [approvalTopic(value.approval)]),
    ],
    read,
    changesAt: ({ state }) => {
      if (!('expires' in state) || state.expires <= state.now) return null
      return context.clock.now() + Math.max(soonest, state.expires - state.now)
    },
    show: ({ state }) => state,
  }
}
