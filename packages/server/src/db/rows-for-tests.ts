/** Rows that are right, for tests that are about one column of them. */
import type { Insertable } from 'kysely'
import type { Schema, Transaction } from './index.ts'

type Row<Table extends keyof Schema> = Partial<Insertable<Schema[Table]>>

export async function insertAccount(transaction: Transaction, row: Row<'accounts'> = {}): Promise<void> {
  const id = row.id ?? 'acc_1'
  const rest = { name: 'Anna Lind', password_hash: '', phone_number: '+46701740605', locale: 'sv', created_at: 0 }
  const email = `${id}@example.com`
  await transaction
    .insertInto('accounts')
    .values({ id, email, email_key: email, state: 'active', ...rest, ...row })
    .execute()
}

export async function insertApplication(transaction: Transaction, row: Row<'applications'> = {}): Promise<void> {
  const uris = { redirect_uris: '[]', post_logout_redirect_uris: '[]' }
  await transaction
    .insertInto('applications')
    .values({ id: 'strand', name: 'Strand', secret_hash: new Uint8Array(32), ...uris, created_at: 0, ...row })
    .execute()
}

/** An active device, the authenticating one of `acc_1`. */
export async function insertDevice(transaction: Transaction, row: Row<'devices'> = {}): Promise<void> {
  const id = row.id ?? 'dev_new'
  const shown = { name: 'Annas telefon', platform: 'web', app_version: '1.0.0' }
  const secret = { unlock_secret: new Uint8Array(60), unlock_tries_left: 5 }
  await transaction
    .insertInto('devices')
    .values({
      id,
      account_id: 'acc_1',
      key_thumbprint: `thumbprint of ${id}`,
      sign_jwk: '{}',
      state: 'active',
      authenticating: 1,
      created_at: 0,
      ...shown,
      ...secret,
      ...row,
    })
    .execute()
}

/** A pending approval of `acc_1` on `dev_1` for `strand`. */
export async function insertApproval(transaction: Transaction, row: Row<'approvals'> = {}): Promise<void> {
  const asked = { action: 'login', template: 1, data: '{}', context: '{}', locale: 'sv', binding: 'plain' } as const
  await transaction
    .insertInto('approvals')
    .values({
      id: 'apr_1',
      account_id: 'acc_1',
      device_id: 'dev_1',
      application_id: 'strand',
      state: 'pending',
      live_key: 'live',
      round: 1,
      offline: 0,
      expires_at: 90_000,
      response_tries_left: 5,
      created_at: 0,
      quiet: 0,
      ...asked,
      ...row,
    })
    .execute()
}
