/** A context for tests of use cases: everything real on an empty database, but a clock that stands and cheap passwords. */
import { createDatabase, TestClock, testConfig } from '@countersign/testkit'
import { pino } from 'pino'
import { afterEach, describe, inject } from 'vitest'
import type { Context } from './context.ts'
import { openDatabase } from './db/index.ts'
import { loadKeys } from './platform/keys.ts'
import { argon2Passwords } from './platform/passwords.ts'
import { systemRandom } from './platform/random.ts'
import { createSeal } from './platform/seal.ts'
import { createWakeups } from './platform/wakeups.ts'

export interface TestContext extends Context {
  readonly clock: TestClock
  /** How many passwords were judged so far. */
  passwordsJudged(): number
}

/** Opens a context; it is closed when the test has ended. */
export async function openTestContext(databaseUrl: string): Promise<TestContext> {
  const clock = new TestClock()
  const db = await openDatabase({ url: databaseUrl, clock })
  afterEach(() => db.close())
  const seal = createSeal(testConfig.masterKeys)
  const argon2 = argon2Passwords({ memoryCost: 64, timeCost: 1, parallelism: 1 })
  let judged = 0
  return {
    config: { ...testConfig, databaseUrl },
    db,
    clock,
    random: systemRandom,
    seal,
    keys: await loadKeys(db, seal),
    passwords: {
      hash: argon2.hash,
      verify: (hash, password) => {
        judged += 1
        return argon2.verify(hash, password)
      },
    },
    wakeups: createWakeups(),
    log: pino({ level: 'silent' }),
    passwordsJudged: () => judged,
  }
}

/** Runs a suite on both databases. `open` gives a context on an empty one. */
export function onBothDatabases(suite: (open: () => Promise<TestContext>) => void): void {
  describe('SQLite', () => suite(() => openTestContext('sqlite::memory:')))
  describe.skipIf(inject('postgres') === null)('PostgreSQL', () =>
    suite(async () => openTestContext(await createDatabase(inject('postgres') ?? ''))),
  )
}

/** `work` so many times at once. */
export const inParallel = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))
