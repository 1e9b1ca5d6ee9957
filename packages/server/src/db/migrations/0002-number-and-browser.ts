/**
 * The binding `number`: what is on the page, and what the phone offers. And which browser a sign-in belongs to: who begins
 * anew there replaces what they began before.
 */
import type { Migration } from './migration.ts'

export const numberAndBrowser: Migration = {
  version: 2,
  statements: ({ text }) => [
    `alter table approvals add column binding_value ${text}`,
    `alter table approvals add column binding_choices ${text}`,
    `alter table sign_ins add column browser ${text}`,
    `create index sign_ins_of_browser on sign_ins (browser)`,
  ],
}
