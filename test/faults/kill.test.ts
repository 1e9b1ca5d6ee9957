/**
 * `kill -9` of a real server under load. A long run: `FAULT_KILLS=200 npm test -- test/faults`, with `FAULT_SEED` to
 * begin from a certain seed.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, postgresServer } from '@countersign/testkit'
import { describe, expect, inject, test } from 'vitest'
import { type KillLoop, runKillLoop } from './kill-loop.ts'

const kills = Number(process.env.FAULT_KILLS ?? 5)
const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000)
// Below the ports that systems give away by themselves, so that nobody takes it between a kill and a restart.
const firstPort = 20_000 + (process.pid % 3_000) * 4

async function expectNothingLost(loop: Pick<KillLoop, 'databaseUrl' | 'port'>): Promise<void> {
  const { faults, history } = await runKillLoop({ ...loop, kills, seed })
  expect(faults, `seed ${seed}`).toEqual([])
  // What is proved is proved of something.
  for (const kind of ['send-code', 'activate', 'show', 'decide', 'redeem'] as const) {
    expect(history.count(kind, 'ok'), kind).toBeGreaterThan(0)
  }
  expect(history.records.some(({ ending }) => ending === 'unknown')).toBe(true)
}

describe.concurrent('a server that is killed under load loses nothing it acknowledged and does nothing twice', () => {
  const timeout = 20_000 + kills * 8_000

  test('SQLite', { timeout }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'countersign-faults-'))
    try {
      await expectNothingLost({ databaseUrl: `sqlite:${join(directory, 'countersign.db')}`, port: firstPort })
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })

  test.skipIf(inject('postgres') === null)('PostgreSQL', { timeout }, async () => {
    const postgres = await postgresServer({ durable: true })
    if (postgres === null) throw new Error('PostgreSQL is not installed here.')
    try {
      await expectNothingLost({ databaseUrl: await createDatabase(postgres.url), port: firstPort + 2 })
    } finally {
      await postgres.stop()
    }
  })
})
