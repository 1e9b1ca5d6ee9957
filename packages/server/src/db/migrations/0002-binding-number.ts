/** The binding `number`: what is on the page, and what the phone offers. */
import type { Migration } from './migration.ts'

export const bindingNumber: Migration = {
  version: 2,
  statements: ({ text }) => [
    `alter table approvals add column binding_value ${text}`,
    `alter table approvals add column binding_choices ${text}`,
  ],
}
