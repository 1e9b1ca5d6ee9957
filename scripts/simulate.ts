/**
 * `npm run simulate -- --seed N --steps M [--seeds K]`: lives through one seed, or K from N on, and prints what happened.
 *
 * A seed that fails is shrunk, and its shortest history is printed.
 */
import { parseArgs } from 'node:util'
import { type RunResult, shrink, simulate, sometimesNames } from '../packages/testkit/src/simulation/index.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '400' },
    seeds: { type: 'string', default: '1' },
  },
})

function wholeNumber(text: string, name: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  console.error(`--${name} takes a whole number. Nothing was run.`)
  process.exit(1)
}

const first = wholeNumber(values.seed, 'seed')
const steps = wholeNumber(values.steps, 'steps')
const count = wholeNumber(values.seeds, 'seeds')

async function tellFailure(failed: RunResult): Promise<void> {
  const { history, trace } = await shrink(failed)
  console.log(`\nSeed ${history.seed} failed: ${failed.violation}`)
  console.log(`Its shortest history has ${history.commands.length} of ${steps} commands:\n`)
  console.log(trace.join('\n'))
  process.exitCode = 1
}

const seen = new Map<string, number>(sometimesNames.map((name) => [name, 0]))
for (let seed = first; seed < first + count; seed++) {
  const result = await simulate(seed, steps)
  if (count === 1) console.log(result.trace.join('\n'))
  for (const name of result.sometimes) seen.set(name, (seen.get(name) ?? 0) + 1)
  if (result.violation !== null) {
    await tellFailure(result)
    break
  }
}

console.log(`\nHow many of ${count === 1 ? 'the one seed' : `${count} seeds`} met what must happen sometimes:`)
for (const [name, times] of seen) console.log(`${String(times).padStart(6)}  ${name}`)
