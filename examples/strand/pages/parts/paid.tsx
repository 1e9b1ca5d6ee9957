/** The receipt: what was paid, to whom, and when. */
import { Button } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { formatAccountNumber } from '../../src/account-number.ts'
import type { Payment } from '../../src/payment.ts'
import { formatAmount, formatDay } from '../money.ts'
import classes from '../screens/screens.module.css'
import { useUi } from '../ui.ts'

interface PaidProps {
  readonly payment: Payment
  readonly bookedAt: number
  readonly onDone: () => void
}

export function Paid({ payment, bookedAt, onDone }: PaidProps): ReactNode {
  const { words, locale } = useUi()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const lines = [
    [words.form.payee, payment.payee],
    [words.accountNumber, formatAccountNumber(payment.accountNumber)],
    ...(payment.message === null ? [] : [[words.form.messageShort, payment.message] as const]),
    [words.paidOn, formatDay(bookedAt, locale)],
  ] as const
  return (
    <>
      <h2 ref={heading} tabIndex={-1} className={classes.paid}>
        <svg className={classes.tick} viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="12" cy="12" r="12" />
          <path d="m6.5 12.5 3.7 3.7 7.3-8" />
        </svg>
        {words.paid}
      </h2>
      <p className={classes.paidSum}>{formatAmount(payment.amount, locale)}</p>
      <dl className={classes.details}>
        {lines.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Button size="md" onClick={onDone}>
        {words.done}
      </Button>
    </>
  )
}
