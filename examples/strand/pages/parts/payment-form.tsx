/** What is to be paid, and to whom. */
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { formatAccountNumber } from '../../src/account-number.ts'
import type { Payee } from '../../src/account-view.ts'
import { accountNumberFault, type PaymentForm as Typed } from '../../src/payment.ts'
import classes from '../screens/screens.module.css'
import { useUi } from '../ui.ts'
import type { PaymentOnPage, Stage, TypedPayment } from '../use-payment.ts'
import type { NoticeKind } from '../words.ts'

interface PaymentFormProps {
  readonly payees: readonly Payee[]
  readonly payment: PaymentOnPage
  readonly stage: Extract<Stage, { kind: 'form' }>
}

/** Where a notice leads: another tab, so that what was typed stays. */
function WayOut({ notice }: { notice: NoticeKind }): ReactNode {
  const { words, locale } = useUi()
  if (notice !== 'no-device' && notice !== 'guest') return null
  return (
    <a className={classes.wayOut} href={`/login?locale=${locale}&again=1`} target="_blank" rel="noreferrer">
      {notice === 'guest' ? words.logIn : words.linkPhone} {words.newTab}
    </a>
  )
}

function Notice({ notice }: { notice: NoticeKind }): ReactNode {
  const { words } = useUi()
  const { title, text } = words.notices[notice]
  return (
    <div className={classes.notice} role="alert">
      <strong>{title}</strong>
      <p>{text}</p>
      <WayOut notice={notice} />
    </div>
  )
}

interface PayeesProps {
  readonly payees: readonly Payee[]
  readonly typed: TypedPayment
  readonly onPick: (payee: Payee | null) => void
}

function Payees({ payees, typed, onPick }: PayeesProps): ReactNode {
  const { words } = useUi()
  if (payees.length === 0) return null
  const number = typed.accountNumber.replaceAll(' ', '')
  return (
    <NativeSelect
      label={words.form.kept}
      value={payees.some(({ accountNumber }) => accountNumber === number) ? number : ''}
      onChange={({ currentTarget: { value } }) =>
        onPick(payees.find(({ accountNumber }) => accountNumber === value) ?? null)
      }
      data={[
        { value: '', label: words.form.someoneNew },
        ...payees.map(({ name, accountNumber }) => ({
          value: accountNumber,
          label: `${name} · ${formatAccountNumber(accountNumber)}`,
        })),
      ]}
    />
  )
}

function Fields({ payees, payment, stage }: PaymentFormProps): ReactNode {
  const { words } = useUi()
  const { typed, type } = payment
  const { isBusy, faults, sent } = stage
  /** What is wrong with a field, until it is changed. */
  const faultIn = (name: keyof Typed) => {
    const fault = typed[name] === sent[name] ? faults[name] : undefined
    return fault && words.faults[fault]
  }
  const field = (name: keyof Typed) => ({
    name,
    value: typed[name],
    error: faultIn(name),
    onChange: (event: FormEvent<HTMLInputElement>) => type({ [name]: event.currentTarget.value }),
    autoComplete: 'off',
    size: 'md',
  })
  const number = accountNumberFault(typed.accountNumber)
  return (
    <fieldset className={classes.fields} disabled={isBusy}>
      <Payees
        payees={payees}
        typed={typed}
        onPick={(payee) =>
          type({
            payee: payee?.name ?? '',
            accountNumber: payee === null ? '' : formatAccountNumber(payee.accountNumber),
          })
        }
      />
      <TextInput
        {...field('amount')}
        label={words.form.amount}
        inputMode="decimal"
        rightSection={
          <span className={classes.currency} aria-hidden="true">
            {words.form.currency}
          </span>
        }
        rightSectionWidth="3.5rem"
      />
      <TextInput {...field('payee')} label={words.form.payee} />
      <TextInput
        {...field('accountNumber')}
        label={words.form.accountNumber}
        description={number === 'right' ? words.form.accountNumberRight : words.form.accountNumberHint}
        error={number === 'check-digits' ? words.faults['check-digits'] : faultIn('accountNumber')}
        autoCapitalize="characters"
        spellCheck={false}
      />
      <TextInput {...field('message')} label={words.form.message} />
      <Checkbox
        label={words.form.keep}
        checked={typed.savePayee}
        onChange={(event) => type({ savePayee: event.currentTarget.checked })}
      />
    </fieldset>
  )
}

export function PaymentForm({ payees, payment, stage }: PaymentFormProps): ReactNode {
  const { words } = useUi()
  const { pay, close } = payment
  const { isBusy, faults, notice } = stage
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (isBusy) return
    const typing = Object.keys(faults).length > 0 ? '[aria-invalid="true"]' : 'input:not([type="checkbox"])'
    const next = notice === null ? typing : 'button[type="submit"]'
    form.current?.querySelector<HTMLElement>(next)?.focus()
  }, [isBusy, faults, notice])
  return (
    <form
      ref={form}
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        pay()
      }}
    >
      {notice !== null && <Notice notice={notice} />}
      <Fields payees={payees} payment={payment} stage={stage} />
      <div className={classes.ways}>
        <Button type="submit" size="md" loading={isBusy}>
          {notice === null ? words.form.pay : words.tryAgain}
        </Button>
        <Button type="button" variant="subtle" size="md" onClick={close} disabled={isBusy}>
          {words.form.cancel}
        </Button>
      </div>
    </form>
  )
}
