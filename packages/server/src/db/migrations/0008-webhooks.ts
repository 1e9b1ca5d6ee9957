/** Webhooks, and lanes of the outbox in which they leave. */
import type { Migration } from './migration.ts'

export const webhooks: Migration = {
  version: 8,
  statements: ({ text, integer, bytes, strict }) => [
    // Who receives it, where receivers of one kind must not wait for each other.
    `alter table outbox add column lane ${text}`,

    `create table webhook_endpoints (
      id ${text} primary key,
      application_id ${text} not null references applications (id),
      url ${text} not null,
      secret ${bytes} not null,
      previous_secret ${bytes},
      previous_until ${integer},
      created_at ${integer} not null,
      disabled_at ${integer},
      check ((previous_secret is null) = (previous_until is null))
    )${strict}`,
    `create index webhook_endpoints_of_application on webhook_endpoints (application_id)`,

    `create table webhook_messages (
      id ${text} primary key,
      endpoint_id ${text} not null references webhook_endpoints (id) on delete cascade,
      type ${text} not null,
      body ${text} not null,
      state ${text} not null check (state in ('waiting', 'delivered', 'failed')),
      run ${integer} not null,
      attempts ${integer} not null check (attempts >= 0),
      last_status ${integer},
      next_at ${integer},
      gives_up_at ${integer} not null,
      created_at ${integer} not null,
      delivered_at ${integer},
      check ((state = 'waiting') = (next_at is not null))
    )${strict}`,
    `create index webhook_messages_of_endpoint on webhook_messages (endpoint_id, created_at, id)`,
    `create index webhook_messages_by_time on webhook_messages (created_at)`,
    `create index webhook_messages_waiting on webhook_messages (gives_up_at) where state = 'waiting'`,
  ],
}
