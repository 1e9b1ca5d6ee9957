/**
 * Transfers: asked for, approved on the phone, and booked exactly once.
 *
 * Whatever is interrupted is taken up again: at the start, when a page is loaded, and every few seconds. All of it may run
 * any number of times, at once: the id of the redemption is the transfer's, and booking is one conditional transaction.
 */
import { randomBytes } from 'node:crypto'
import type { TransferAnswer, WaitingTransfer } from './account-view.ts'
import type { Approver } from './approver.ts'
import { type PaymentForm, readPayment } from './payment.ts'
import { dataOf, isAbout, isSamePayment, type Transfer } from './transfer.ts'
import type { TransferStore } from './transfer-store.ts'

/** Milliseconds in which a person may answer. What Countersign was not asked in that time is not asked any more. */
export const answerTime = 90_000

export interface Requester {
  readonly subject: string
  /** The browser session, by its hash. */
  readonly session: string
  readonly locale: 'sv' | 'en'
  /** As the phone shows it; null where it is not known. */
  readonly browser: string | null
}

export interface TransferRequest extends PaymentForm {
  readonly savePayee: boolean
  /** The page's name for having sent this form: the same one makes no second transfer. */
  readonly attempt: string
}

export interface Transfers {
  ask(requester: Requester, request: TransferRequest): Promise<TransferAnswer>
  /** Takes a transfer as far as it can go now. Null where the customer has no such transfer. */
  settle(subject: string, id: string): Promise<TransferAnswer | null>
  /** The same with all that are asked: of one customer, or of everybody. */
  settleAll(subject: string | null): Promise<void>
  /** What this browser waits for. */
  waiting(subject: string, session: string): WaitingTransfer | null
}

export interface TransferParts {
  readonly store: TransferStore
  readonly approver: Approver
  /** The origin of Countersign, for the popup. */
  readonly server: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** One line; never a secret, a name or an amount. */
  readonly log: (line: string) => void
}

const waitingView = (transfer: Transfer, server: string): WaitingTransfer | null => {
  const { id, payment, savePayee, asked, state } = transfer
  return asked !== null && state.kind === 'asked' ? { id, payment, savePayee, server, ...asked } : null
}

function answerOf(transfer: Transfer, server: string): TransferAnswer {
  const { state, payment } = transfer
  if (state.kind === 'booked') return { kind: 'booked', payment, bookedAt: state.bookedAt }
  if (state.kind === 'ended') return state
  const waiting = waitingView(transfer, server)
  return waiting === null ? { kind: 'unreachable' } : { kind: 'waiting', transfer: waiting }
}

/** Redeems what was approved, and books it if it is this very transfer. */
async function collect({ store, approver, now, log }: TransferParts, transfer: Transfer, approval: string) {
  const collected = await approver.collect(approval, transfer.id)
  if (collected.kind === 'unreachable') return transfer
  if (collected.kind === 'refused') return store.end(transfer, collected.reason)
  if (isAbout(collected.document, transfer)) return store.book(transfer, collected.receipt, now())
  log(`transfer ${transfer.id} was not booked: something else was approved`)
  return store.end(transfer, 'changed')
}

async function settle(parts: TransferParts, transfer: Transfer): Promise<Transfer> {
  const { store, approver, now } = parts
  if (transfer.state.kind !== 'asked') return transfer
  if (transfer.asked === null) {
    return now() - transfer.createdAt < answerTime ? transfer : store.end(transfer, 'not-asked')
  }
  const { approval } = transfer.asked
  const looked = await approver.look(approval)
  if (looked.kind === 'over') return store.end(transfer, looked.reason)
  return looked.kind === 'approved' ? collect(parts, transfer, approval) : transfer
}

/** Has Countersign ask, if it does not already. */
async function ensureAsked({ store, approver }: TransferParts, transfer: Transfer, { locale, browser }: Requester) {
  if (transfer.state.kind !== 'asked' || transfer.asked !== null) return transfer
  const { id, subject, session, payment } = transfer
  const asked = await approver.ask({ key: id, subject, session, data: dataOf(payment), locale, browser })
  if (asked.kind === 'unreachable') return transfer
  if (asked.kind === 'refused') return store.end(transfer, asked.reason)
  return store.noteAsked(transfer, asked.approval, asked.pageToken)
}

export function transfersOf(parts: TransferParts): Transfers {
  const { store, server, now, log } = parts
  return {
    ask: async (requester, { savePayee, attempt, ...form }) => {
      const read = readPayment(form)
      if (read.kind === 'faults') return read
      const { subject, session } = requester
      const { payment } = read
      const id = randomBytes(16).toString('base64url')
      const opened = store.open({ id, subject, session, payment, savePayee, attempt, createdAt: now() })
      if (opened.kind === 'faults') return opened
      // Another payment under the same name is a fault of the page: what it names must not be taken for what was typed.
      if (!isSamePayment(opened.transfer.payment, payment)) return { kind: 'ended', reason: 'not-asked' }
      const settled = await settle(parts, opened.transfer)
      return answerOf(await ensureAsked(parts, settled, requester), server)
    },
    settle: async (subject, id) => {
      const transfer = store.find(subject, id)
      return transfer && answerOf(await settle(parts, transfer), server)
    },
    settleAll: async (subject) => {
      const settled = await Promise.allSettled(store.listAsked(subject).map((transfer) => settle(parts, transfer)))
      if (settled.some(({ status }) => status === 'rejected')) log('a transfer could not be settled; it is tried again')
    },
    waiting: (subject, session) => {
      const own = store.listAsked(subject).filter((transfer) => transfer.session === session)
      return own.map((transfer) => waitingView(transfer, server)).findLast((waiting) => waiting !== null) ?? null
    },
  }
}
