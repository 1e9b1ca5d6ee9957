/** Fingerprint or face: a device's credential. And renewals, by which a device gets another unlock secret. */
import type { Migration } from './migration.ts'

export const credentialsAndRenewals: Migration = {
  version: 4,
  statements: ({ text, integer, bytes, strict }) => [
    `alter table devices add column credential_id ${text} check (state <> 'removed' or credential_id is null)`,
    `alter table devices add column credential_key ${bytes}
      check ((credential_key is null) = (credential_id is null))`,
    `alter table devices add column renewal_id ${text}`,

    // One row for a device: a later renewal takes the place of an earlier one.
    `create table renewals (
      device_id ${text} primary key references devices (id),
      id ${text} not null unique,
      unlock_secret ${bytes} not null,
      transcript_digest ${bytes} not null check (length(transcript_digest) = 32),
      proof_tries_left ${integer} not null check (proof_tries_left >= 0),
      expires_at ${integer} not null,
      created_at ${integer} not null
    )${strict}`,
    `create index renewals_by_expiry on renewals (expires_at)`,
  ],
}
