/** Accounts that applications make, and phones that are linked from an application's page. */
import type { Migration } from './migration.ts'

export const accountsOfApplications: Migration = {
  version: 9,
  statements: ({ text, integer, bytes, strict }) => [
    `alter table accounts add column made_by ${text}`,

    // 'sms' by a code that was sent; else by digits that the phone shows and somebody types on a page.
    `alter table linkings add column confirmed_by ${text} not null default 'sms'
      check (confirmed_by in ('sms', 'page', 'nobody-yet'))`,

    `create table linking_offers (
      id ${text} primary key,
      account_id ${text} not null references accounts (id),
      application_id ${text} not null references applications (id),
      code_hash ${bytes} not null unique check (length(code_hash) = 32),
      state ${text} not null check (state in ('open', 'scanned', 'confirmed', 'ended')),
      linking_id ${text},
      expires_at ${integer} not null,
      created_at ${integer} not null
    )${strict}`,
    `create index linking_offers_by_expiry on linking_offers (expires_at)`,
  ],
}
