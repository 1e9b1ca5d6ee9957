/** Who is there, what is on the account, what happened to it last, and paying. */
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { formatAccountNumber } from '../../src/account-number.ts'
import type { AccountView, Entry } from '../../src/account-view.ts'
import { formatAmount, formatDay } from '../money.ts'
import { Paid } from '../parts/paid.tsx'
import { PaymentForm } from '../parts/payment-form.tsx'
import { useTitle } from '../parts/use-title.ts'
import { useUi } from '../ui.ts'
import { usePayment } from '../use-payment.ts'
import classes from './screens.module.css'

type Customer = Extract<AccountView, { state: 'customer' }>

function EntryRow({ kind, bookedAt, amount, other, message }: Entry): ReactNode {
  const { words, locale } = useUi()
  return (
    <tr>
      <th scope="row">
        <span className={classes.what}>{other ?? words.entries[kind]}</span>{' '}
        <time className={classes.day} dateTime={new Date(bookedAt).toISOString()}>
          {formatDay(bookedAt, locale)}
        </time>
        {message !== null && <span className={classes.day}> {message}</span>}
      </th>
      <td className={classes.amount} data-gain={amount > 0}>
        {formatAmount(amount, locale, 'always')}
      </td>
    </tr>
  )
}

function Entries({ entries }: Pick<Customer, 'entries'>): ReactNode {
  const { words } = useUi()
  if (entries.length === 0) return <p className={classes.lead}>{words.noEntries}</p>
  return (
    <table className={classes.entries}>
      <thead className={classes.unseen}>
        <tr>
          <th scope="col">{words.what}</th>
          <th scope="col">{words.amount}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <EntryRow key={entry.id} {...entry} />
        ))}
      </tbody>
    </table>
  )
}

interface AccountProps {
  readonly account: Customer
  /** Reads the account anew. */
  readonly refresh: () => void
}

export function Account({ account, refresh }: AccountProps): ReactNode {
  const { words, locale } = useUi()
  const payment = usePayment(account, refresh)
  const { stage } = payment
  const first = account.name.split(' ')[0] ?? account.name
  useTitle(words.account)
  return (
    <div className={classes.account}>
      <h1 className={classes.greeting}>{words.greeting(first)}</h1>
      <section className={classes.balance} aria-labelledby="balance">
        <h2 id="balance">
          {words.account} · {words.balance}
        </h2>
        <p className={classes.sum}>{formatAmount(account.balance, locale)}</p>
        <p className={classes.number}>
          {words.accountNumber}: <span>{formatAccountNumber(account.accountNumber)}</span>
        </p>
      </section>
      {stage.kind === 'closed' && (
        <Button className={classes.start} size="md" onClick={payment.open}>
          {words.newPayment}
        </Button>
      )}
      {stage.kind === 'form' && (
        <section className={classes.card} aria-labelledby="payment">
          <h2 id="payment">{words.newPayment}</h2>
          <PaymentForm payees={account.payees} payment={payment} stage={stage} />
        </section>
      )}
      {stage.kind === 'paid' && (
        <section className={classes.card} aria-label={words.paid}>
          <Paid payment={stage.payment} bookedAt={stage.bookedAt} onDone={payment.close} />
        </section>
      )}
      <section className={classes.card} aria-labelledby="latest">
        <h2 id="latest">{words.latest}</h2>
        <Entries entries={account.entries} />
      </section>
    </div>
  )
}
