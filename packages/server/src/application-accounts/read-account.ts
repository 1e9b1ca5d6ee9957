import type { AccountAnswer, AccountList } from '@countersign/protocol'
import { type Account, accountById, isMadeBy } from '../accounts/index.ts'
import { type Application, findRelated, type NamedAccount, readNamed } from '../applications/index.ts'
import type { Context } from '../context.ts'
import type { Query } from '../db/index.ts'
import { authenticatingDevice } from '../devices/index.ts'
import { Refusal } from '../http/index.ts'

/** The account that an application made under this id, or null. One that signs in here is none. */
async function findMade(query: Query, application: Application, externalId: string): Promise<Account | null> {
  const id = await findRelated(query, application.id, { external_id: externalId })
  if (id === null || !(await isMadeBy(query, id, application.id))) return null
  return accountById(query, id)
}

/** @throws Refusal `account_unknown` */
export async function requireMade(context: Context, application: Application, externalId: string): Promise<Account> {
  const account = await context.db.read((query) => findMade(query, application, externalId))
  if (account === null) throw new Refusal('account_unknown')
  return account
}

/** What an application is told of an account. */
async function answerOf(query: Query, account: Account, externalId: string): Promise<AccountAnswer> {
  const device = await authenticatingDevice(query, account.id)
  return {
    id: account.id,
    external_id: externalId,
    name: account.name,
    email: account.email,
    locale: account.locale,
    phone_number: account.phoneNumber === '' ? null : account.phoneNumber,
    state: account.state,
    device: device === null ? null : { name: device.name, state: device.state === 'blocked' ? 'blocked' : 'active' },
  }
}

/** @throws Refusal `account_unknown` */
export async function readAccountAnswer(
  context: Context,
  application: Application,
  externalId: string,
): Promise<AccountAnswer> {
  return context.db.read(async (query) => {
    const account = await findMade(query, application, externalId)
    if (account === null) throw new Refusal('account_unknown')
    return answerOf(query, account, externalId)
  })
}

const usualLimit = 25

/** The accounts that an application made, by its own ids, page by page. A cursor is the last id of the page before. */
export async function listAccounts(
  context: Context,
  application: Application,
  {
    limit = usualLimit,
    cursor = null,
  }: { readonly limit?: number | undefined; readonly cursor?: string | null | undefined },
): Promise<AccountList> {
  return context.db.read(async (query) => {
    const named = await readNamed(query, application.id, { limit: limit + 1, cursor })
    const page = named.slice(0, limit)
    const answers = await Promise.all(page.map((one) => answerOfNamed(query, application, one)))
    return {
      items: answers.filter((answer) => answer !== null),
      next: named.length > limit ? (page.at(-1)?.externalId ?? null) : null,
    }
  })
}

async function answerOfNamed(
  query: Query,
  application: Application,
  { externalId }: NamedAccount,
): Promise<AccountAnswer | null> {
  const account = await findMade(query, application, externalId)
  return account === null ? null : answerOf(query, account, externalId)
}
