import type { AccountId, ApprovalId, DeviceId, Locale } from '@countersign/protocol'
import { cancelApproval, startApproval } from '../approvals/index.ts'
import type { Context } from '../context.ts'
import { authenticatingDevice } from '../devices/index.ts'
import { Refusal } from '../http/index.ts'
import { loginTemplate } from '../templates/index.ts'
import { moveSignIn } from './move-sign-in.ts'
import { type Current, readSignIn } from './read-sign-in.ts'
import { sendCode } from './send-code.ts'
import type { SignInId } from './sign-in.ts'
import { readReplaced } from './sign-in-store.ts'
import { words } from './words.ts'

export interface AskPhone {
  /** Whose password was right. */
  readonly account: AccountId
  readonly locale: Locale
  /** What the browser is called, or null when it is none that we know. */
  readonly browserName: string | null
  /** Which browser it is. */
  readonly browser: string
  /** Approvals that this password has started before. */
  readonly starts: number
  /** When the password was right: milliseconds since the epoch, or just now. */
  readonly passwordAt: number | 'now'
}

/** Whether the sign-in got this approval all the same, from the same command sent twice. */
async function hasApproval(context: Context, before: Current, approval: ApprovalId): Promise<boolean> {
  return (await readSignIn(context, before.signIn.id))?.signIn.approval === approval
}

/** Who begins anew in the same browser means the new one: what was asked there before is taken off the phone. */
async function replaceOthers(context: Context, id: SignInId, { account, browser }: AskPhone): Promise<void> {
  const replaced = await context.db.read((query) => readReplaced(query, id, account, browser))
  for (const approval of replaced) await cancelApproval(context, approval, 'replaced')
}

// The demo listens on its own machine alone; of other requests we do not know where they come from.
const placeToShow = ({ config }: Context, locale: Locale): string | null =>
  config.demo ? words[locale].demoPlace : null

async function sayBlocked(context: Context, before: Current, ask: AskPhone, device: DeviceId): Promise<void> {
  const { account, locale, starts, passwordAt, browser } = ask
  const moved = await moveSignIn(
    context,
    before.signIn,
    { step: 'blocked', account, approval: null, locale, starts, passwordAt, browser },
    { kind: 'sign-in.phone-blocked', device },
  )
  if (!moved) throw new Refusal('wrong_step')
}

/**
 * Asks the account's phone for the approval of this sign-in and moves the sign-in there. Where the account has no phone
 * an SMS code is sent instead; never where it has one that is blocked, or five wrong passcodes would be a way to
 * something weaker.
 *
 * @throws Refusal `wrong_step` when the sign-in has moved on in the meantime, and those of `sendCode`
 */
export async function askPhone(context: Context, before: Current, ask: AskPhone): Promise<void> {
  const { signIn } = before
  const device = await context.db.read((query) => authenticatingDevice(query, ask.account))
  if (device === null) return sendCode(context, before, ask)
  if (device.state !== 'active') return sayBlocked(context, before, ask, device.id)
  const started = await startApproval(context, {
    account: ask.account,
    device: device.id,
    application: { id: signIn.application, name: before.applicationName },
    action: 'login',
    template: loginTemplate,
    locale: ask.locale,
    data: {},
    context: { place: placeToShow(context, ask.locale), browser: ask.browserName },
    requester: signIn.id,
  })
  // The account or the device was taken away while we asked.
  if (started.kind === 'refused') throw new Refusal('sign_in_failed')
  const { approval } = started
  const moved = await moveSignIn(
    context,
    signIn,
    {
      step: 'approval',
      account: ask.account,
      approval,
      locale: ask.locale,
      starts: ask.starts + 1,
      passwordAt: ask.passwordAt,
      browser: ask.browser,
    },
    { kind: 'sign-in.phone-asked', device: device.id, detail: { starts: ask.starts + 1 } },
  )
  if (moved) return replaceOthers(context, signIn.id, ask)
  if (await hasApproval(context, before, approval)) return
  await cancelApproval(context, approval, 'sign-in-moved-on')
  throw new Refusal('wrong_step')
}
