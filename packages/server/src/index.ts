/** What other packages may use of the server: starting it, and what the command line does to it. */
import { disableAccount as disable } from './accounts/index.ts'
import { liveApprovals } from './approvals/index.ts'
import type { Context } from './context.ts'

export { addAccount, importAccounts } from './accounts/index.ts'
export {
  addApiKey,
  addApplication,
  allowApprovals,
  listApiKeys,
  type NewApiKey,
  revokeApiKey,
  rotateApiKey,
  Scope,
  scopes,
  usualStartsPerMinute,
} from './applications/index.ts'
export { rotateReceiptKey } from './approvals/index.ts'
export type { Config } from './config.ts'
export type { Context } from './context.ts'
export { DatabaseTooNew, DatabaseUnusable, DataDirectoryUnwritable } from './db/index.ts'
export { rotatePushKey } from './delivery/index.ts'
export {
  type Adapters,
  ConfigFaulty,
  openContext,
  type RunningCountersign,
  readConfig,
  serve,
  startCountersign,
} from './main.ts'
export { SealBroken } from './platform/seal.ts'

/** Disables the account with this e-mail address for good; what it was being asked ends with it. */
export const disableAccount = (context: Context, email: string) => disable(context, email, liveApprovals)
