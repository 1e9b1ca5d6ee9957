/** Creating calls that are made twice and count once. */
import type { Migration } from './migration.ts'

export const idempotency: Migration = {
  version: 7,
  statements: ({ text, integer, bytes, strict }) => [
    `create table idempotency_keys (
      application_id ${text} not null references applications (id),
      route ${text} not null,
      idempotency_key ${text} not null,
      body_hash ${bytes} not null check (length(body_hash) = 32),
      run ${text} not null,
      leased_until ${integer} not null,
      answer ${bytes},
      expires_at ${integer} not null,
      primary key (application_id, route, idempotency_key)
    )${strict}`,
    `create index idempotency_keys_by_expiry on idempotency_keys (expires_at)`,
  ],
}
