/** Adding one account. */
import { AccountId, type Locale, ShownText } from '@countersign/protocol'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { goesTo } from '../sms/index.ts'
import { type Account, isEmail, phoneNumberOf } from './account.ts'
import { insertAccount, type NewAccount } from './account-store.ts'

/** An account as an operator gives it. */
export interface AccountInput {
  readonly email: string
  readonly name: string
  /** With its country code. */
  readonly phoneNumber: string
  readonly locale: Locale
  /** A password, or the hash of one as a PHC string of Argon2id. */
  readonly secret: { readonly password: string } | { readonly passwordHash: string }
}

export type AddedAccount =
  | { readonly kind: 'added'; readonly account: Account }
  /** Every fault, each a sentence. Nothing was added. */
  | { readonly kind: 'refused'; readonly faults: readonly string[] }

const minimumPassword = 8
const maximumPassword = 256
const argon2id = /^\$argon2id\$v=19\$m=\d{1,7},t=\d{1,3},p=\d{1,3}\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/

function secretFault(secret: AccountInput['secret']): string | null {
  if ('passwordHash' in secret) {
    return argon2id.test(secret.passwordHash) ? null : 'The password hash is not a PHC string of Argon2id.'
  }
  const { length } = secret.password
  return length >= minimumPassword && length <= maximumPassword
    ? null
    : `The password must have ${minimumPassword} to ${maximumPassword} characters.`
}

function phoneFault(text: string, countries: readonly string[]): string | null {
  const number = phoneNumberOf(text)
  if (number === null) return 'The phone number is not one; it needs its country code (+46 …).'
  return goesTo(countries, number)
    ? null
    : `The phone number is in none of the countries that SMS go to (${countries.join(', ')}).`
}

/** An address as it is kept and shown. */
export const writtenEmail = (email: string): string => email.normalize('NFC').trim()

// It stands on the phone's screen, whenever the person is asked.
const isShownEmail = (email: string): boolean =>
  isEmail(writtenEmail(email)) && ShownText(254).safeParse(writtenEmail(email)).success

/** What is wrong with a name, an address and a number; a number that is null is none. */
export function faultsOfPerson(
  person: { readonly name: string; readonly email: string; readonly phoneNumber: string | null },
  countries: readonly string[],
): string[] {
  return [
    isShownEmail(person.email) ? null : 'The e-mail address is not one.',
    ShownText(60).safeParse(person.name).success ? null : 'The name must have 1 to 60 visible characters.',
    person.phoneNumber === null ? null : phoneFault(person.phoneNumber, countries),
  ].filter((fault) => fault !== null)
}

/** Everything that is wrong with an account before the database is asked. */
export function faultsOf(input: AccountInput, countries: readonly string[]): string[] {
  const secret = secretFault(input.secret)
  return [...faultsOfPerson(input, countries), ...(secret === null ? [] : [secret])]
}

/** Makes the row of an account that has no faults. Costs one Argon2 where a password is given. */
export async function prepareAccount(context: Context, input: AccountInput): Promise<NewAccount> {
  const phoneNumber = phoneNumberOf(input.phoneNumber)
  if (phoneNumber === null) throw new TypeError('An account must be checked before it is prepared.')
  const { secret } = input
  return {
    id: AccountId.parse(context.random.id('acc')),
    email: writtenEmail(input.email),
    name: input.name,
    phoneNumber,
    locale: input.locale,
    passwordHash: 'passwordHash' in secret ? secret.passwordHash : await context.passwords.hash(secret.password),
  }
}

/** Writes a prepared account and its audit row; false when the address is taken. */
export async function writeAccount(transaction: Transaction, account: NewAccount): Promise<boolean> {
  if (!(await insertAccount(transaction, account))) return false
  await recordAudit(transaction, { kind: 'account.added', account: account.id })
  return true
}

/** Adds an account. */
export async function addAccount(context: Context, input: AccountInput): Promise<AddedAccount> {
  const faults = faultsOf(input, context.config.smsCountries)
  if (faults.length > 0) return { kind: 'refused', faults }
  const prepared = await prepareAccount(context, input)
  const written = await context.db.write((transaction) => writeAccount(transaction, prepared))
  if (!written) return { kind: 'refused', faults: ['There is already an account with this e-mail address.'] }
  const { passwordHash: _, ...account } = prepared
  return { kind: 'added', account: { ...account, state: 'active' } }
}
