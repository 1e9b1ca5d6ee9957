/** What every use case is given: the one place that names all adapters. `main.ts` constructs them. */

import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Database } from './db/index.ts'
import type { Clock } from './platform/clock.ts'
import type { Keys } from './platform/keys.ts'
import type { Passwords } from './platform/passwords.ts'
import type { Random } from './platform/random.ts'
import type { Seal } from './platform/seal.ts'
import type { Wakeups } from './platform/wakeups.ts'

export interface Context {
  readonly config: Config
  readonly db: Database
  readonly clock: Clock
  readonly random: Random
  readonly seal: Seal
  readonly keys: Keys
  readonly passwords: Passwords
  readonly wakeups: Wakeups
  readonly log: Logger
}
