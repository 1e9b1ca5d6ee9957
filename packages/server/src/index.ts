/** What other packages may use of the server: starting it, and what the command line does to it. */
export { addAccount, disableAccount, importAccounts } from './accounts/index.ts'
export { addApplication } from './applications/index.ts'
export type { Config } from './config.ts'
export type { Context } from './context.ts'
export { DatabaseTooNew, DataDirectoryUnwritable } from './db/index.ts'
export { type Adapters, ConfigFaulty, openContext, type RunningCountersign, readConfig, serve, startCountersign } from './main.ts'
