/** Applications that ask for approvals: their keys, templates, accounts and pages, and the receipts that they get. */
import type { Migration } from './migration.ts'

export const applicationsThatAsk: Migration = {
  version: 6,
  statements: ({ text, integer, bytes, strict }) => [
    `alter table applications add column starts_approvals ${integer} not null default 0`,
    `alter table applications add column starts_per_minute ${integer} not null default 600`,

    `create table page_origins (
      application_id ${text} not null references applications (id),
      origin ${text} not null,
      primary key (application_id, origin)
    )${strict}`,
    `create index page_origins_by_origin on page_origins (origin)`,

    `create table api_keys (
      id ${text} primary key,
      application_id ${text} not null references applications (id),
      hash ${bytes} not null check (length(hash) = 32),
      scopes ${text} not null,
      created_at ${integer} not null,
      expires_at ${integer}
    )${strict}`,
    `create index api_keys_of_application on api_keys (application_id)`,

    `create table relations (
      application_id ${text} not null references applications (id),
      account_id ${text} not null references accounts (id),
      external_id ${text},
      primary key (application_id, account_id)
    )${strict}`,
    `create unique index relations_by_external_id on relations (application_id, external_id)`,

    `create table templates (
      application_id ${text} not null references applications (id),
      action ${text} not null,
      version ${integer} not null check (version > 0),
      definition ${text} not null,
      created_at ${integer} not null,
      primary key (application_id, action, version)
    )${strict}`,

    // 1: no push goes out for it, because of those before it that nobody answered.
    `alter table approvals add column quiet ${integer} not null default 0`,
    // The round that was answered; null for those that ended before this column was there.
    `alter table approvals add column decided_round ${integer}`,
    `drop index approvals_of_account`,
    `create index approvals_of_account on approvals (account_id, created_at)`,
    `create index approvals_of_application on approvals (application_id, created_at, id)`,

    `create table page_tokens (
      hash ${bytes} primary key check (length(hash) = 32),
      approval_id ${text} not null references approvals (id) on delete cascade,
      created_at ${integer} not null
    )${strict}`,
    `create index page_tokens_by_time on page_tokens (created_at)`,

    `create table receipts (
      approval_id ${text} primary key references approvals (id),
      receipt ${text} not null,
      created_at ${integer} not null
    )${strict}`,

    // A check cannot be changed in place on both databases.
    `create table signing_keys_with_receipt (
      id ${text} primary key,
      purpose ${text} not null check (purpose in ('document', 'oidc', 'vapid', 'receipt')),
      public_jwk ${text} not null,
      private_key ${bytes} not null,
      created_at ${integer} not null,
      retired_at ${integer}
    )${strict}`,
    `insert into signing_keys_with_receipt select id, purpose, public_jwk, private_key, created_at, retired_at from signing_keys`,
    `drop table signing_keys`,
    `alter table signing_keys_with_receipt rename to signing_keys`,
    `create unique index one_signing_key_in_use on signing_keys (purpose) where retired_at is null`,
  ],
}
