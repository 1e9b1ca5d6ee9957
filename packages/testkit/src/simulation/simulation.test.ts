import { afterAll, describe, expect, test } from 'vitest'
import { type RunResult, type Sometimes, shrink, simulate, sometimesNames } from './index.ts'

const steps = 250
/** How long seeds are tried, in milliseconds. */
const budget = 20_000

const seen = new Set<Sometimes>()
let seeds = 0

async function storyOf(result: RunResult): Promise<string> {
  const { violation, trace, history } = await shrink(result)
  const command = `npm run simulate -- --seed ${history.seed} --steps ${steps}`
  return [`${violation} (${command})`, ...trace].join('\n')
}

describe('the simulation', () => {
  test('a seed replays to the letter', async () => {
    const [first, second] = [await simulate(7, steps), await simulate(7, steps)]
    expect(second.trace).toEqual(first.trace)
    expect(first.trace.length).toBeGreaterThan(100)
  })

  test('whatever comes, in whatever order, is safe, and comes to its end', { timeout: 4 * budget }, async () => {
    const start = performance.now()
    while (performance.now() - start < budget) {
      const result = await simulate(++seeds, steps)
      expect(result.violation === null ? null : await storyOf(result)).toBeNull()
      for (const name of result.sometimes) seen.add(name)
    }
  })

  test.each(sometimesNames)('%s', (name) => {
    expect([...seen]).toContain(name)
  })

  afterAll(() => {
    process.stdout.write(`The simulation tried ${seeds} seeds of ${steps} steps.\n`)
  })
})
