/**
 * Signing in by an SMS code to an account without a device, and what a blocked device is told. A new table in place of
 * the old one, since SQLite changes no checks.
 */
import type { Migration } from './migration.ts'

export const smsSignIn: Migration = {
  version: 3,
  statements: ({ text, integer, bytes, strict }) => [
    `create table sign_ins_by_sms_too (
      id ${text} primary key,
      application_id ${text} not null references applications (id),
      account_id ${text} references accounts (id),
      approval_id ${text} references approvals (id),
      step ${text} not null
        check (step in ('password', 'sms-code', 'link-phone', 'blocked', 'approval', 'done', 'cancelled')),
      locale ${text} not null,
      starts ${integer} not null check (starts >= 0),
      password_at ${integer},
      browser ${text},
      code_hash ${bytes} check (length(code_hash) = 32),
      code_tries_left ${integer} not null check (code_tries_left >= 0),
      code_expires_at ${integer},
      confirmed_at ${integer},
      created_at ${integer} not null,
      expires_at ${integer} not null,
      check ((step = 'sms-code') = (code_hash is not null)),
      check ((step = 'sms-code') = (code_expires_at is not null)),
      check (step <> 'link-phone' or (confirmed_at is not null and approval_id is null)),
      check (step <> 'done' or (confirmed_at is null) = (approval_id is not null))
    )${strict}`,
    `insert into sign_ins_by_sms_too
      select id, application_id, account_id, approval_id, case step when 'no-device' then 'password' else step end,
        locale, starts, password_at, browser, null, 0, null, null, created_at, expires_at
      from sign_ins`,
    'drop table sign_ins',
    'alter table sign_ins_by_sms_too rename to sign_ins',
    'create index sign_ins_of_approval on sign_ins (approval_id)',
    'create index sign_ins_of_browser on sign_ins (browser)',
    'create index sign_ins_by_expiry on sign_ins (expires_at)',
  ],
}
