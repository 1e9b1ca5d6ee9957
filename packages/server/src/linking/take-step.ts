/** What every step after the first has in common. */
import type { Account } from '../accounts/index.ts'
import { holdAccount } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { nowMs, type Transaction } from '../db/index.ts'
import { Refusal, spendNonce } from '../http/index.ts'
import type { Linking } from './linking.ts'
import { holdLinking, writeEnded } from './linking-store.ts'
import type { VerifiedLinking } from './verify-linking.ts'

/** How a step ended. A refusal that is returned is committed with what it cost; a thrown one would undo it. */
export type StepOutcome<Answer> =
  | { readonly kind: 'taken'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

export const taken = <Answer>(answer: Answer): StepOutcome<Answer> => ({ kind: 'taken', answer })

export const refused = (...refusal: ConstructorParameters<typeof Refusal>): StepOutcome<never> => ({
  kind: 'refused',
  refusal: new Refusal(...refusal),
})

/** A linking and its account as they are in the transaction, both held. */
export interface HeldLinking {
  readonly linking: Linking
  readonly account: Account
  /** The database's time in milliseconds. */
  readonly now: number
}

/** Ends a linking for good, with its audit row. */
export async function endLinking(transaction: Transaction, linking: Linking, why: string): Promise<void> {
  await writeEnded(transaction, linking)
  await recordAudit(transaction, {
    kind: 'linking.ended',
    account: linking.account,
    ...(linking.device === null ? {} : { device: linking.device }),
    detail: { linking: linking.id, why },
  })
}

/**
 * Takes a step in one transaction, its nonce spent. An account that can no longer be used ends the linking at
 * whichever step it has come to.
 *
 * @param hold how the account is held: `update` where the step gives it a device
 * @throws Refusal `link_failed` where the account is locked or disabled, `nonce_used`, and what the step refuses
 */
export async function takeStep<Answer>(
  context: Context,
  { signed, linking: { id, account: accountId } }: VerifiedLinking,
  hold: 'share' | 'update',
  step: (transaction: Transaction, held: HeldLinking) => Promise<StepOutcome<Answer>>,
): Promise<Answer> {
  const outcome = await context.db.write(async (transaction): Promise<StepOutcome<Answer>> => {
    await spendNonce(transaction, signed)
    const account = await holdAccount(transaction, accountId, hold)
    const linking = await holdLinking(transaction, id)
    if (linking === null) return refused('not_found')
    const isOver = linking.state === 'done' || linking.state === 'ended'
    if (account?.state !== 'active') {
      if (!isOver) await endLinking(transaction, linking, 'account')
      return refused('link_failed')
    }
    return step(transaction, { linking, account, now: await nowMs(transaction) })
  })
  if (outcome.kind === 'refused') throw outcome.refusal
  return outcome.answer
}
