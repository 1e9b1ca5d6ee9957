/** A payment on its way through the page: the form, the popup, what became of it. What was typed stays until it is paid. */
import { useEffect, useRef, useState } from 'react'
import { formatAccountNumber } from '../src/account-number.ts'
import type { AccountView, TransferAnswer, WaitingTransfer } from '../src/account-view.ts'
import { type Payment, type PaymentFaults, type PaymentForm, readPayment } from '../src/payment.ts'
import { sendTransfer, settleTransfer } from './api.ts'
import { askOnPhone } from './approval.ts'
import type { Locale } from './language.ts'
import { typedAmount } from './money.ts'
import { useUi } from './ui.ts'
import type { NoticeKind } from './words.ts'

export interface TypedPayment extends PaymentForm {
  readonly savePayee: boolean
}

/** Where the payment is. */
export type Stage =
  | { readonly kind: 'closed' }
  /** `isBusy`: it is with Strand, or with the phone. */
  | {
      readonly kind: 'form'
      readonly isBusy: boolean
      /** What is wrong with the form as it was sent. */
      readonly faults: PaymentFaults
      readonly sent: TypedPayment
      readonly notice: NoticeKind | null
    }
  | { readonly kind: 'paid'; readonly payment: Payment; readonly bookedAt: number }

export interface PaymentOnPage {
  readonly stage: Stage
  readonly typed: TypedPayment
  readonly type: (change: Partial<TypedPayment>) => void
  readonly open: () => void
  readonly close: () => void
  readonly pay: () => void
}

const nothing: TypedPayment = { amount: '', payee: '', accountNumber: '', message: '', savePayee: false }

/** How often Strand is asked to book what was approved, and milliseconds in between. */
const looks = 5
const pause = 1_000

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** What became of a transfer once the popup has closed; null when Strand cannot say it yet. */
async function outcomeOf(id: string): Promise<TransferAnswer | null> {
  for (let look = 1; look <= looks; look++) {
    const answer = await settleTransfer(id)
    if (answer !== null && answer.kind !== 'unreachable' && answer.kind !== 'waiting') return answer
    if (look < looks) await wait(pause)
  }
  return null
}

/** The form as it was, near enough. */
const formOf = ({ payment, savePayee }: WaitingTransfer, locale: Locale): TypedPayment => ({
  amount: typedAmount(payment.amount, locale),
  payee: payment.payee,
  accountNumber: formatAccountNumber(payment.accountNumber),
  message: payment.message ?? '',
  savePayee,
})

/** @param refresh reads the account anew */
export function usePayment(account: Extract<AccountView, { state: 'customer' }>, refresh: () => void): PaymentOnPage {
  const { locale } = useUi()
  const [stage, setStage] = useState<Stage>({ kind: 'closed' })
  const [typed, setTyped] = useState(nothing)
  const attempt = useRef<string | null>(null)

  const again = (notice: NoticeKind | null, faults: PaymentFaults = {}, sent = nothing) =>
    setStage({ kind: 'form', isBusy: false, faults, sent, notice })
  const goOn = () => setStage({ kind: 'form', isBusy: true, faults: {}, sent: nothing, notice: null })

  const waitFor = async (transfer: WaitingTransfer, form: TypedPayment): Promise<void> => {
    const { ending, close } = await askOnPhone(transfer, locale)
    const outcome = await outcomeOf(transfer.id)
    close()
    if (outcome === null) return again(ending.kind === 'approved' ? 'unsettled' : 'offline')
    const isAgain = outcome.kind === 'ended' && ending.kind !== 'approved' && ending.again
    if (!isAgain) return take(outcome, form)
    attempt.current = null
    return send(form)
  }

  const take = async (answer: TransferAnswer | null, form: TypedPayment): Promise<void> => {
    // Without an answer nobody knows whether the transfer is there: the same attempt finds it.
    if (answer === null) return again('offline')
    if (answer.kind === 'unreachable') return again('unreachable')
    if (answer.kind === 'waiting') return waitFor(answer.transfer, form)
    attempt.current = null
    switch (answer.kind) {
      case 'faults':
        return again(null, answer.faults, form)
      case 'guest':
        return again('guest')
      case 'ended':
        return again(answer.reason)
      case 'booked':
        setStage({ kind: 'paid', payment: answer.payment, bookedAt: answer.bookedAt })
        setTyped(nothing)
        return refresh()
    }
  }

  const send = async (form: TypedPayment): Promise<void> => {
    const read = readPayment(form)
    if (read.kind === 'faults') return again(null, read.faults, form)
    attempt.current ??= crypto.randomUUID()
    goOn()
    return take(await sendTransfer({ ...form, locale, attempt: attempt.current }), form)
  }

  // What this browser was waiting for when the page was loaded: it still does.
  const first = useRef(account.waiting)
  useEffect(() => {
    const transfer = first.current
    first.current = null
    if (transfer === null) return
    const form = formOf(transfer, locale)
    setTyped(form)
    goOn()
    void waitFor(transfer, form)
  })

  return {
    stage,
    typed,
    type: (change) => {
      // Another payment than the one that may have been sent already.
      attempt.current = null
      setTyped((before) => ({ ...before, ...change }))
    },
    open: () => again(null),
    close: () => {
      setTyped(nothing)
      setStage({ kind: 'closed' })
    },
    pay: () => void send(typed),
  }
}
