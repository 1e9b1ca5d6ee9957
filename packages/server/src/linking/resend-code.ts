/** Another SMS for the same linking. */
import type { StartLinkingAnswer } from '@countersign/protocol'
import type * as z from 'zod/mini'
import { maskPhoneNumber } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { announceOutbox } from '../jobs/index.ts'
import { refusalOfStep } from './linking.ts'
import { writeNewCode } from './linking-store.ts'
import { makeLinkingCode } from './send-code.ts'
import { refused, taken, takeStep } from './take-step.ts'
import type { VerifiedLinking } from './verify-linking.ts'

/**
 * Sends a new code to the same number; the old one is not taken any more. Tries stay spent.
 *
 * @throws Refusal `link_expired`, `wrong_step`, `rate_limited`, and those of `takeStep`
 */
export async function resendCode(
  context: Context,
  verified: VerifiedLinking,
): Promise<z.output<typeof StartLinkingAnswer>> {
  const { id, locale } = verified.linking
  const code = makeLinkingCode(context, id, locale)
  const answer = await takeStep(context, verified, 'share', async (transaction, { linking, account, now }) => {
    const refusal = refusalOfStep(linking, 'code', now)
    if (refusal !== null) return refused(refusal)
    // It was begun on a page: nothing is sent for it.
    if (linking.confirmedBy !== 'sms') return refused('wrong_step')
    const queued = await code.queue(transaction, account)
    if (queued.kind === 'limited') return refused('rate_limited', { retry_after: queued.retryAfter })
    if (queued.kind === 'country-refused') return refused('link_failed')
    const expires = await writeNewCode(transaction, id, code.hash)
    if (expires === null) return refused('link_expired')
    await recordAudit(transaction, { kind: 'linking.code-resent', account: account.id, detail: { linking: id } })
    return taken({ linking: id, phone_number: maskPhoneNumber(account.phoneNumber), expires })
  })
  announceOutbox(context)
  return answer
}
