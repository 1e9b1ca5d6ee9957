/** Pushes: where a device is reached, what became of each attempt, and the server's key for push services. */
import type { Migration } from './migration.ts'

export const push: Migration = {
  version: 5,
  statements: ({ text, integer, bytes, sequence, strict }) => [
    `create table push_subscriptions (
      device_id ${text} primary key references devices (id),
      transport ${text} not null check (transport in ('web-push')),
      address ${bytes} not null,
      vapid_key ${text} not null,
      created_at ${integer} not null
    )${strict}`,

    // No references: what was delivered outlives what it was about.
    `create table delivery_attempts (
      seq ${sequence},
      approval_id ${text} not null,
      device_id ${text} not null,
      transport ${text} not null,
      outcome ${text} not null check (outcome in ('accepted', 'gone', 'refused', 'failed')),
      status ${integer},
      took_ms ${integer} not null,
      at ${integer} not null
    )${strict}`,
    `create index delivery_attempts_of_approval on delivery_attempts (approval_id, seq)`,
    `create index delivery_attempts_by_time on delivery_attempts (at)`,

    `create table delivery_receipts (
      approval_id ${text} primary key,
      device_id ${text} not null,
      transport ${text} not null,
      received_at ${integer} not null
    )${strict}`,
    `create index delivery_receipts_by_time on delivery_receipts (received_at)`,

    // A check cannot be changed in place on both databases.
    `create table signing_keys_with_vapid (
      id ${text} primary key,
      purpose ${text} not null check (purpose in ('document', 'oidc', 'vapid')),
      public_jwk ${text} not null,
      private_key ${bytes} not null,
      created_at ${integer} not null,
      retired_at ${integer}
    )${strict}`,
    `insert into signing_keys_with_vapid select id, purpose, public_jwk, private_key, created_at, retired_at from signing_keys`,
    `drop table signing_keys`,
    `alter table signing_keys_with_vapid rename to signing_keys`,
    `create unique index one_signing_key_in_use on signing_keys (purpose) where retired_at is null`,
  ],
}
