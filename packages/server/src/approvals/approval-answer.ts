/** What applications and their pages see of an approval. */
import type { AccountId, ApplicationId, ApprovalAnswer, ApprovalId } from '@countersign/protocol'
import { findApplication } from '../applications/index.ts'
import type { Context } from '../context.ts'
import type { Watched } from '../http/index.ts'
import { readStoredApproval } from './approval-store.ts'
import { expireApproval } from './end-approval.ts'
import { type ApprovalView, readApproval } from './read-approval.ts'
import { readRound } from './round-store.ts'
import { nextRound } from './take-code.ts'
import { approvalTopic } from './wake.ts'

/** What never changes of an approval, and whose it is. */
interface Asked {
  readonly application: { readonly id: ApplicationId; readonly name: string }
  readonly account: AccountId
  readonly action: string
  readonly locale: ApprovalAnswer['locale']
  readonly headline: string
  readonly lines: ApprovalAnswer['lines']
}

async function readAsked(context: Context, id: ApprovalId): Promise<Asked | null> {
  return context.db.read(async (query) => {
    const [approval, first] = await Promise.all([readStoredApproval(query, id), readRound(query, id, 1)])
    if (approval === null || first === null) return null
    const { application, account, action, locale, headline, lines } = first.document
    const registered = await findApplication(query, application.id)
    return registered && { application, account, action, locale, headline, lines }
  })
}

const offlineOf = ({ challenge, round, responseTriesLeft }: ApprovalView): ApprovalAnswer['offline'] =>
  challenge === null ? null : { challenge, round, tries_left: responseTriesLeft }

const answerOf = (context: Context, asked: Asked, view: ApprovalView): ApprovalAnswer => ({
  id: view.id,
  version: view.version,
  now: view.now,
  application: asked.application.name,
  support_email: context.config.brand.supportEmail,
  account: asked.account,
  action: asked.action,
  locale: asked.locale,
  headline: asked.headline,
  lines: asked.lines,
  state: view.state,
  reason: view.reason,
  device: view.deviceName,
  device_blocked: view.deviceBlocked,
  push: view.delivery,
  number: view.number,
  offline: offlineOf(view),
  expires: view.expires,
  decided: view.decidedAt,
  method: view.method,
  amr: view.amr === null ? null : [...view.amr],
  redeemed: view.redeemed,
})

/** An approval as it is now, or null where this application has none with this id. */
export async function readApprovalAnswer(
  context: Context,
  application: ApplicationId,
  id: ApprovalId,
): Promise<ApprovalAnswer | null> {
  const asked = await readAsked(context, id)
  if (asked === null || asked.application.id !== application || asked.action === 'login') return null
  const view = await readApproval(context, id)
  return view && answerOf(context, asked, view)
}

/** An approval that a page or a back end watches. While somebody watches, a code that runs out is followed by the next. */
export function watchApproval(context: Context, application: ApplicationId, id: ApprovalId): Watched<ApprovalAnswer> {
  let asked: Asked | null = null
  let expiryWritten = false
  const read = async (): Promise<ApprovalAnswer | null> => {
    asked ??= await readAsked(context, id)
    if (asked === null || asked.application.id !== application || asked.action === 'login') return null
    const view = await readApproval(context, id)
    if (view === null) return null
    if (view.state === 'pending' && view.offline && view.now >= view.expires) {
      if ((await nextRound(context, id)).kind === 'started') return read()
    }
    if (view.state === 'expired' && !expiryWritten) {
      expiryWritten = true
      await expireApproval(context, id)
    }
    return answerOf(context, asked, view)
  }
  return {
    event: 'approval',
    topics: () => [approvalTopic(id)],
    read,
    changesAt: ({ state, expires, now }) =>
      state !== 'pending' || expires <= now ? null : context.clock.now() + Math.max(soonest, expires - now),
    show: (answer) => answer,
  }
}

// Never at once: the database's clock may be behind ours, and asking until they agree would be a tight loop.
const soonest = 100
