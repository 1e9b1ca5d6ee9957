import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { historyOf } from './commands.ts'
import { type RunResult, type Sometimes, shrink, simulate, sometimesNames } from './index.ts'
import { runHistory } from './run.ts'

const steps = 400
/** How long seeds are tried, in milliseconds; on a slow machine longer, until so many were. */
const budget = 20_000
const leastSeeds = 60

async function storyOf(result: RunResult): Promise<string> {
  const { violation, trace, history } = await shrink(result)
  const command = `npm run simulate -- --seed ${history.seed} --steps ${steps}`
  return [`${violation} (${command})`, ...trace].join('\n')
}

describe('the simulation', () => {
  const seen = new Set<Sometimes>()
  let failed: RunResult | null = null
  let seeds = 0

  beforeAll(async () => {
    const start = performance.now()
    while (failed === null && (seeds < leastSeeds || performance.now() - start < budget)) {
      const result = await simulate(++seeds, steps)
      if (result.violation !== null) failed = result
      for (const name of result.sometimes) seen.add(name)
    }
  }, 12 * budget)

  afterAll(() => {
    process.stdout.write(`The simulation tried ${seeds} seeds of ${steps} steps.\n`)
  })

  test('whatever comes, in whatever order, is safe, and comes to its end', { timeout: 12 * budget }, async () => {
    expect(failed === null ? null : await storyOf(failed)).toBeNull()
  })

  test.each(sometimesNames)('sometimes %s', (name) => {
    expect([...seen]).toContain(name)
  })
})

test('a seed replays to the letter', async () => {
  const [first, second] = [await simulate(7, steps), await simulate(7, steps)]
  expect(second.trace).toEqual(first.trace)
  expect(first.trace.length).toBeGreaterThan(100)
})

test('other seeds have other histories', () => {
  expect(historyOf(1, steps)).not.toEqual(historyOf(2, steps))
})

test('a history without commands ends well: everybody can sign in', async () => {
  const result = await runHistory({ ...historyOf(1, 0), commands: [] })
  expect(result.violation).toBeNull()
  expect(result.trace.filter((line) => line.endsWith('redeems as page: done')).length).toBeGreaterThan(0)
})
