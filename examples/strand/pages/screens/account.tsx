/** Who is there, what is on the account, and what happened to it last. */
import type { ReactNode } from 'react'
import type { AccountView } from '../../src/account-view.ts'
import { formatAmount, formatDay } from '../money.ts'
import { useTitle } from '../parts/use-title.ts'
import { useUi } from '../ui.ts'
import classes from './screens.module.css'

type Customer = Extract<AccountView, { state: 'customer' }>

function Entries({ entries }: Pick<Customer, 'entries'>): ReactNode {
  const { words, locale } = useUi()
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
        {entries.map(({ id, kind, bookedAt, amount }) => (
          <tr key={id}>
            <th scope="row">
              {words.entries[kind]}{' '}
              <time className={classes.day} dateTime={new Date(bookedAt).toISOString()}>
                {formatDay(bookedAt, locale)}
              </time>
            </th>
            <td className={classes.amount} data-gain={amount > 0}>
              {formatAmount(amount, locale, 'always')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export function Account({ account }: { account: Customer }): ReactNode {
  const { words, locale } = useUi()
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
      </section>
      <section className={classes.card} aria-labelledby="latest">
        <h2 id="latest">{words.latest}</h2>
        <Entries entries={account.entries} />
      </section>
    </div>
  )
}
