import { type ApprovalId, challengeOf, codeKeyOf, verifyTypedResponse } from '@countersign/protocol'
import { holdAccount } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { nowMs, type Transaction } from '../db/index.ts'
import { deviceById, hasSameSecret, holdDevice, openUnlockSecret } from '../devices/index.ts'
import type { Queued } from '../jobs/index.ts'
import {
  afterWrongResponse,
  holdOfflineLock,
  isLocked,
  type OfflineLock,
  readOfflineLock,
  unlocked,
  writeOfflineLock,
} from '../offline/index.ts'
import { type ApprovalState, codeGrace, codeIsTaken, judgeResponse, mayStartRound, stateAt } from './approval.ts'
import {
  advanceRound,
  endByAnswer,
  holdApproval,
  type RoundCause,
  readStoredApproval,
  type StoredApproval,
  spendResponseTry,
} from './approval-store.ts'
import { recordEnd } from './record-end.ts'
import { readLatestRounds, type StoredRound } from './round-store.ts'
import { signNextRound } from './start-approval.ts'
import { wake } from './wake.ts'

export type RoundStarted =
  | { readonly kind: 'started' }
  /** There is nothing to start: it is already there, or the approval is over. Look again. */
  | { readonly kind: 'not-due' }
  /** Offline codes are locked for this account; null: until an approval with network. */
  | { readonly kind: 'locked'; readonly until: number | null }

const lockedBy = ({ untilOnline, lockedUntil }: OfflineLock) =>
  ({ kind: 'locked', until: untilOnline ? null : lockedUntil }) as const

async function startRound(context: Context, id: ApprovalId, cause: RoundCause): Promise<RoundStarted> {
  const read = await context.db.read(async (query) => {
    const approval = await readStoredApproval(query, id)
    if (approval === null) return null
    const rounds = await readLatestRounds(query, id)
    const current = rounds.find(({ round }) => round === approval.round)
    return { approval, current, now: await nowMs(query), lock: await readOfflineLock(query, approval.account) }
  })
  if (read?.current === undefined || !mayStartRound(read.approval, cause, read.now)) return { kind: 'not-due' }
  if (isLocked(read.lock, read.now)) return lockedBy(read.lock)
  const { approval } = read
  const round = await signNextRound(context, read.current.document, read.now)
  const started = await context.db.write(async (transaction): Promise<RoundStarted> => {
    await holdApproval(transaction, id)
    // Wrong codes on another page may have locked the offline way in between.
    const lock = await holdOfflineLock(transaction, approval.account)
    if (isLocked(lock, await nowMs(transaction))) return lockedBy(lock)
    if (!(await advanceRound(transaction, id, round, cause))) return { kind: 'not-due' }
    await recordAudit(transaction, {
      kind: 'approval.round-started',
      account: approval.account,
      device: approval.device,
      approval: id,
      detail: { round: round.round, cause },
    })
    return { kind: 'started' }
  })
  if (started.kind === 'started') wake(context, approval)
  return started
}

/** The page chooses the offline way: a new round starts, whose code the page shows (protocol sections 2 and 7). */
export const goOffline = (context: Context, id: ApprovalId): Promise<RoundStarted> =>
  startRound(context, id, 'go-offline')

/** The code on a connected page has run out: the next round starts, six at most. */
export const nextRound = (context: Context, id: ApprovalId): Promise<RoundStarted> =>
  startRound(context, id, 'code-ran-out')

export type ResponseTaken =
  | { readonly kind: 'approved' }
  | { readonly kind: 'refused'; readonly triesLeft: number }
  | { readonly kind: 'ended'; readonly state: Exclude<ApprovalState, 'pending'> }
  | { readonly kind: 'locked'; readonly until: number | null }

/** The number of the round whose code the response answers, or null. All rounds are tested, whatever matches. */
function matchingRound(
  codeKey: Uint8Array,
  challengeKey: Uint8Array,
  rounds: readonly StoredRound[],
  response: string,
  now: number,
): number | null {
  let matching: number | null = null
  for (const { round, digest, issuedAt } of rounds) {
    const right = verifyTypedResponse(codeKey, challengeOf(challengeKey, digest), response, { issued: issuedAt, now })
    if (right) matching = round
  }
  return matching
}

interface Applied {
  readonly taken: ResponseTaken
  readonly queued: readonly Queued[]
}

const notEnded = (taken: ResponseTaken): Applied => ({ taken, queued: [] })

async function applyResponse(
  context: Context,
  transaction: Transaction,
  approval: StoredApproval,
  round: StoredRound | undefined,
): Promise<Applied> {
  const now = await nowMs(transaction)
  const lock = await holdOfflineLock(transaction, approval.account)
  if (isLocked(lock, now)) return notEnded(lockedBy(lock))
  const outcome = judgeResponse(approval, round !== undefined && codeIsTaken(approval, round, now), now)
  if (outcome.kind === 'ended') return notEnded(outcome)
  const triesLeft = await spendResponseTry(transaction, approval.id)
  if (triesLeft === null)
    return notEnded({ kind: 'ended', state: stateAt(approval, now) === 'pending' ? 'expired' : 'cancelled' })

  const right = outcome.kind === 'approved'
  await writeOfflineLock(transaction, approval.account, right ? unlocked : afterWrongResponse(lock, now))
  if (right || triesLeft === 0) {
    const ended = await endByAnswer(transaction, approval, {
      state: right ? 'approved' : 'declined',
      reason: right ? null : 'codes-spent',
      method: 'offline-typed',
      amr: right ? ['swk', 'pin'] : null,
      decisionJws: null,
      round: approval.round,
      answered: round?.round ?? approval.round,
      grace: codeGrace,
    })
    if (!ended) return notEnded({ kind: 'ended', state: 'expired' })
  }
  if (!right) {
    await recordAudit(transaction, {
      kind: 'approval.response-refused',
      account: approval.account,
      device: approval.device,
      approval: approval.id,
      application: approval.application,
      detail: { tries_left: triesLeft },
    })
    if (triesLeft > 0) return notEnded({ kind: 'refused', triesLeft })
  }
  const end = right
    ? ({ state: 'approved', reason: null } as const)
    : ({ state: 'declined', reason: 'codes-spent' } as const)
  const queued = await recordEnd(context, transaction, approval, { ...end, method: 'offline-typed' })
  return { taken: right ? { kind: 'approved' } : { kind: 'ended', state: 'declined' }, queued }
}

/**
 * A response code typed on the page (protocol section 7). It is judged against this approval alone; the verdict is
 * found before the transaction, the try is spent in it, and only then the verdict counts.
 */
export async function submitResponse(context: Context, id: ApprovalId, response: string): Promise<ResponseTaken> {
  const read = await context.db.read(async (query) => {
    const approval = await readStoredApproval(query, id)
    if (approval === null) return null
    const device = await deviceById(query, approval.device)
    return { approval, device, rounds: await readLatestRounds(query, id), now: await nowMs(query) }
  })
  if (read === null || read.device === null || read.device.state === 'removed')
    return { kind: 'ended', state: 'cancelled' }
  const judged = read.device
  const codeKey = codeKeyOf(openUnlockSecret(context, judged))
  const matching = matchingRound(codeKey, context.keys.challengeKey, read.rounds, response, read.now)

  const { taken, queued } = await context.db.write(async (transaction): Promise<Applied> => {
    const account = await holdAccount(transaction, read.approval.account, 'share')
    const device = await holdDevice(transaction, read.approval.device, 'share')
    const approval = await holdApproval(transaction, id)
    if (approval === null || account?.state !== 'active' || device?.state !== 'active') {
      return notEnded({ kind: 'ended', state: 'cancelled' })
    }
    const rounds = await readLatestRounds(transaction, id)
    // A code by an old secret is a wrong one, from the moment in which another is in force.
    const isInForce = hasSameSecret(judged, device)
    return applyResponse(
      context,
      transaction,
      approval,
      rounds.find(({ round }) => isInForce && round === matching),
    )
  })
  if (taken.kind !== 'locked') wake(context, read.approval, queued)
  return taken
}
