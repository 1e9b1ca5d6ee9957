/**
 * Brings a database to the schema of this version: forwards only, all steps in one transaction, which the caller
 * opens so that one process at a time is in it.
 */
import { DatabaseTooNew } from './errors.ts'
import { firstTables } from './migrations/0001-first-tables.ts'
import { numberAndBrowser } from './migrations/0002-number-and-browser.ts'
import { smsSignIn } from './migrations/0003-sms-sign-in.ts'
import { credentialsAndRenewals } from './migrations/0004-credentials-and-renewals.ts'
import { push } from './migrations/0005-push.ts'
import { applicationsThatAsk } from './migrations/0006-applications-that-ask.ts'
import { idempotency } from './migrations/0007-idempotency.ts'
import { webhooks } from './migrations/0008-webhooks.ts'
import { accountsOfApplications } from './migrations/0009-accounts-of-applications.ts'
import type { Dialect, Migration } from './migrations/migration.ts'

const migrations: readonly Migration[] = [
  firstTables,
  numberAndBrowser,
  smsSignIn,
  credentialsAndRenewals,
  push,
  applicationsThatAsk,
  idempotency,
  webhooks,
  accountsOfApplications,
]

/** What a migration runs on: one connection, in a transaction. */
export interface MigrationTarget {
  readonly words: Dialect
  execute(sql: string): Promise<void>
  /** The highest version in `schema_version`, 0 when it is empty. */
  version(): Promise<number>
}

/** Throws `DatabaseTooNew`, having changed nothing, when the database has a version beyond the last one known. */
export async function migrate({ words, execute, version }: MigrationTarget): Promise<void> {
  await execute(`create table if not exists schema_version (version ${words.integer} primary key)${words.strict}`)
  const found = await version()
  const known = migrations.at(-1)?.version ?? 0
  if (found > known) throw new DatabaseTooNew(found, known)
  for (const migration of migrations.filter((step) => step.version > found)) {
    for (const statement of migration.statements(words)) await execute(statement)
    await execute(`insert into schema_version (version) values (${migration.version})`)
  }
}
