/** The tables of the first version. */
import type { Migration } from './migration.ts'

export const firstTables: Migration = {
  version: 1,
  statements: ({ text, integer, bytes, sequence, strict, clock }) => [
    ...clock,

    `create table accounts (
      id ${text} primary key,
      email ${text} not null,
      email_key ${text} not null unique,
      name ${text} not null,
      password_hash ${text} not null,
      phone_number ${text} not null,
      locale ${text} not null,
      state ${text} not null check (state in ('active', 'locked', 'disabled')),
      created_at ${integer} not null
    )${strict}`,

    `create table applications (
      id ${text} primary key,
      name ${text} not null,
      secret_hash ${bytes} not null check (length(secret_hash) = 32),
      redirect_uris ${text} not null,
      post_logout_redirect_uris ${text} not null,
      created_at ${integer} not null
    )${strict}`,

    `create table devices (
      id ${text} primary key,
      account_id ${text} not null references accounts (id),
      key_thumbprint ${text} not null unique,
      sign_jwk ${text} not null,
      name ${text} not null,
      platform ${text} not null,
      app_version ${text} not null,
      state ${text} not null check (state in ('linking', 'active', 'blocked', 'removed')),
      authenticating ${integer} not null check (authenticating in (0, 1)),
      unlock_secret ${bytes} not null,
      unlock_tries_left ${integer} not null check (unlock_tries_left >= 0),
      created_at ${integer} not null,
      activated_at ${integer},
      last_seen_at ${integer},
      removed_at ${integer},
      check (authenticating = 0 or state in ('active', 'blocked')),
      check (state <> 'removed' or length(unlock_secret) = 0)
    )${strict}`,
    `create index devices_of_account on devices (account_id)`,
    `create unique index one_authenticating_device on devices (account_id) where authenticating = 1`,

    `create table linkings (
      id ${text} primary key,
      account_id ${text} not null references accounts (id),
      key_thumbprint ${text} not null,
      sign_jwk ${text} not null,
      locale ${text} not null,
      state ${text} not null check (state in ('code', 'keys', 'activate', 'done', 'ended')),
      code_hash ${bytes} not null,
      code_tries_left ${integer} not null check (code_tries_left >= 0),
      proof_tries_left ${integer} not null check (proof_tries_left >= 0),
      device_id ${text},
      ecdh_private ${bytes},
      ecdh_public ${text},
      transcript_digest ${bytes} check (length(transcript_digest) = 32),
      expires_at ${integer} not null,
      created_at ${integer} not null
    )${strict}`,
    `create index linkings_of_account on linkings (account_id)`,
    `create index linkings_by_expiry on linkings (expires_at)`,

    `create table approvals (
      id ${text} primary key,
      account_id ${text} not null references accounts (id),
      device_id ${text} not null references devices (id),
      application_id ${text} not null references applications (id),
      action ${text} not null,
      template ${integer} not null,
      data ${text} not null,
      context ${text} not null,
      locale ${text} not null,
      binding ${text} not null check (binding in ('plain', 'number', 'code', 'qr')),
      state ${text} not null check (state in ('pending', 'approved', 'declined', 'expired', 'cancelled')),
      reason ${text},
      live_key ${text} unique,
      round ${integer} not null check (round between 1 and 6),
      offline ${integer} not null check (offline in (0, 1)),
      expires_at ${integer} not null,
      response_tries_left ${integer} not null check (response_tries_left >= 0),
      created_at ${integer} not null,
      decided_at ${integer},
      method ${text} check (method in ('push', 'offline-typed', 'offline-qr', 'sms')),
      amr ${text},
      decision_jws ${text},
      decision_device_id ${text},
      redemption_id ${text},
      redeemed_at ${integer},
      check ((state = 'pending') = (live_key is not null)),
      check ((redemption_id is null) = (redeemed_at is null)),
      check (redemption_id is null or state = 'approved')
    )${strict}`,
    `create index approvals_of_account on approvals (account_id)`,
    `create index approvals_of_device_pending on approvals (device_id) where state = 'pending'`,
    `create index approvals_pending_by_expiry on approvals (expires_at) where state = 'pending'`,

    `create table rounds (
      approval_id ${text} not null references approvals (id) on delete cascade,
      round ${integer} not null check (round between 1 and 6),
      document ${text} not null,
      document_jws ${text} not null,
      digest ${bytes} not null check (length(digest) = 32),
      issued_at ${integer} not null,
      expires_at ${integer} not null,
      primary key (approval_id, round)
    )${strict}`,

    `create table offline_locks (
      account_id ${text} primary key references accounts (id),
      failures ${integer} not null check (failures >= 0),
      locked_until ${integer},
      until_online ${integer} not null check (until_online in (0, 1))
    )${strict}`,

    `create table sign_ins (
      id ${text} primary key,
      application_id ${text} not null references applications (id),
      account_id ${text} references accounts (id),
      approval_id ${text} references approvals (id),
      step ${text} not null check (step in ('password', 'no-device', 'approval', 'done', 'cancelled')),
      locale ${text} not null,
      starts ${integer} not null check (starts >= 0),
      password_at ${integer},
      created_at ${integer} not null,
      expires_at ${integer} not null
    )${strict}`,
    `create index sign_ins_of_approval on sign_ins (approval_id)`,
    `create index sign_ins_by_expiry on sign_ins (expires_at)`,

    `create table oidc_records (
      model ${text} not null,
      id ${text} not null,
      payload ${text} not null,
      grant_id ${text},
      uid ${text},
      consumed_at ${integer},
      expires_at ${integer},
      primary key (model, id)
    )${strict}`,
    `create index oidc_records_of_grant on oidc_records (grant_id)`,
    `create index oidc_records_by_uid on oidc_records (uid)`,
    `create index oidc_records_by_expiry on oidc_records (expires_at)`,

    `create table nonces (
      nonce ${text} primary key,
      expires_at ${integer} not null
    )${strict}`,
    `create index nonces_by_expiry on nonces (expires_at)`,

    `create table limits (
      "key" ${text} primary key,
      count ${integer} not null check (count >= 0),
      window_ends_at ${integer} not null
    )${strict}`,
    `create index limits_by_end on limits (window_ends_at)`,

    `create table outbox (
      id ${text} primary key,
      kind ${text} not null,
      payload ${bytes} not null,
      not_before ${integer} not null,
      attempts ${integer} not null check (attempts >= 0),
      created_at ${integer} not null,
      expires_at ${integer} not null
    )${strict}`,
    `create index outbox_by_time on outbox (not_before)`,

    // No references: the record outlives what it is about.
    `create table audit (
      seq ${sequence},
      at ${integer} not null,
      kind ${text} not null,
      account_id ${text},
      device_id ${text},
      approval_id ${text},
      application_id ${text},
      detail ${text} not null
    )${strict}`,
    `create index audit_of_account on audit (account_id, seq)`,
    `create index audit_of_approval on audit (approval_id)`,

    `create table signing_keys (
      id ${text} primary key,
      purpose ${text} not null check (purpose in ('document', 'oidc')),
      public_jwk ${text} not null,
      private_key ${bytes} not null,
      created_at ${integer} not null,
      retired_at ${integer}
    )${strict}`,
    `create unique index one_signing_key_in_use on signing_keys (purpose) where retired_at is null`,
  ],
}
