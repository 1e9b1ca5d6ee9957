import {
  type ApprovalId,
  challengeOf,
  type DeliveryState,
  type DeviceId,
  type PendingApprovals,
} from '@countersign/protocol'
import type { Context } from '../context.ts'
import { nowMs, type Query } from '../db/index.ts'
import { readDeliveryState } from '../delivery/index.ts'
import { deviceById } from '../devices/index.ts'
import { type ApprovalState, stateAt } from './approval.ts'
import { readStoredApproval, type StoredApproval } from './approval-store.ts'
import { readLatestRounds, readPendingRounds } from './round-store.ts'

/** What a waiting page may know of an approval. Times are milliseconds since the epoch. */
export interface ApprovalView {
  readonly id: ApprovalId
  readonly state: ApprovalState
  /** A decline reason, `codes-spent`, or what cancelled it. */
  readonly reason: string | null
  readonly round: number
  readonly offline: boolean
  /** The two digits for the page, while the approval waits and its binding is `number`. */
  readonly number: string | null
  /** The 8 digits for the page, once it has chosen the offline way and while the approval waits. */
  readonly challenge: string | null
  /** End of the current round. */
  readonly expires: number
  readonly responseTriesLeft: number
  /** The browser that asks, as the phone shows it; null where it is none that we know. */
  readonly browser: string | null
  readonly deviceName: string
  /** Whether its device has spent its tries at the passcode: nothing can answer any more. */
  readonly deviceBlocked: boolean
  /** How it stands with waking the phone; null once the approval does not wait any more. */
  readonly delivery: DeliveryState | null
  readonly method: StoredApproval['method']
  readonly amr: readonly string[] | null
  /** When it was answered; null before. */
  readonly decidedAt: number | null
  readonly redeemed: boolean
  readonly now: number
  /** Another one whenever anything above but `now` is another. */
  readonly version: string
}

/** A quiet one may still reach the open app. */
async function deliveryOf(query: Query, { id, device, quiet }: StoredApproval): Promise<DeliveryState> {
  const state = await readDeliveryState(query, id, device)
  return quiet && state === 'sending' ? 'withheld' : state
}

/** Reads an approval as it is now: one whose time has come is expired, also before that was written down. */
export async function readApproval(context: Context, id: ApprovalId): Promise<ApprovalView | null> {
  const read = await context.db.read(async (query) => {
    const [approval, now] = await Promise.all([readStoredApproval(query, id), nowMs(query)])
    if (approval === null) return null
    const waits = stateAt(approval, now) === 'pending'
    const [device, delivery, rounds] = await Promise.all([
      deviceById(query, approval.device),
      waits ? deliveryOf(query, approval) : null,
      // Of the first round there is no code. Not just the newest: between two statements another round may have started.
      approval.offline ? readLatestRounds(query, id) : [],
    ])
    const current = rounds.find(({ round }) => round === approval.round)
    return { approval, current, device, delivery, now }
  })
  if (read === null) return null
  const { approval, current, now } = read
  const state = stateAt(approval, now)
  const redeemed = approval.redeemedAt !== null
  const deviceBlocked = read.device?.state === 'blocked'
  return {
    id,
    state,
    reason: approval.reason,
    round: approval.round,
    offline: approval.offline,
    number: state === 'pending' ? approval.bindingValue : null,
    challenge:
      state === 'pending' && current !== undefined ? challengeOf(context.keys.challengeKey, current.digest) : null,
    expires: approval.expiresAt,
    responseTriesLeft: approval.responseTriesLeft,
    browser: approval.browser,
    deviceName: read.device?.name ?? '',
    deviceBlocked,
    delivery: read.delivery,
    method: approval.method,
    amr: approval.amr,
    decidedAt: approval.decidedAt,
    redeemed,
    now,
    version: [
      state,
      approval.reason,
      approval.round,
      Number(approval.offline),
      approval.responseTriesLeft,
      read.delivery,
      Number(redeemed),
      Number(deviceBlocked),
    ].join('.'),
  }
}

/** Whether an approval still waits for an answer. */
export async function isAwaited(query: Query, id: ApprovalId): Promise<boolean> {
  const [approval, now] = await Promise.all([readStoredApproval(query, id), nowMs(query)])
  return approval !== null && stateAt(approval, now) === 'pending'
}

/** What a device can answer now, and when that changes by time alone. */
export interface PendingView extends PendingApprovals {
  readonly changesAt: number | null
}

/** Reads the approvals that wait for a device, oldest first; none of them is chosen for the person. */
export async function readPendingApprovals(context: Context, device: DeviceId): Promise<PendingView> {
  const rounds = await context.db.read((query) => readPendingRounds(query, device))
  return {
    version: rounds.map(({ approval, round }) => `${approval}.${round}`).join('-') || 'none',
    approvals: rounds.map(({ approval, documentJws, choices }) => ({
      approval,
      document: documentJws,
      ...(choices === null ? {} : { numbers: choices }),
    })),
    changesAt: rounds.length === 0 ? null : Math.min(...rounds.map(({ expiresAt }) => expiresAt)),
  }
}
