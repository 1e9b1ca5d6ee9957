/** The ceiling of the database, in a process of its own: the statements of a cycle, in the same transactions. */

import { randomBytes } from 'node:crypto'
import { type BareDatabase, openBareDatabase } from '../measure/bare-database.ts'
import type { PreparedPhone } from '../measure/prepare-phones.ts'
import { answerQuestions, cpuMilliseconds } from '../measure/process.ts'
import { type Step, stepsOf } from '../measure/statements.ts'
import type { FromBareDatabase, ToBareDatabase } from './messages.ts'

const fresh = () => randomBytes(16).toString('base64url')

interface Started {
  readonly database: BareDatabase
  readonly steps: readonly Step[]
  readonly phones: readonly PreparedPhone[]
  readonly at: number
}

async function load(
  { database, steps, phones, at }: Started,
  clients: number,
  time: number,
): Promise<FromBareDatabase> {
  const end = performance.now() + time
  const used = cpuMilliseconds()
  let cycles = 0
  let inTime = 0
  const work = async (first: number) => {
    for (let turn = first; performance.now() < end; turn += clients) {
      const phone = phones[turn % phones.length]
      if (phone === undefined) throw new Error('There are no phones.')
      const { account, device, thumbprint } = phone
      const drawn = { approval: `apr_${fresh()}`, nonce: fresh() + fresh(), requester: fresh(), redemption: fresh() }
      const passed = Date.now() - at
      for (const step of steps) await database.step(step, { account, device, thumbprint, ...drawn }, passed)
      cycles += 1
      if (performance.now() <= end) inTime += 1
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, client) => work(client)))
  return { kind: 'load', inTime, cycles, cpu: cpuMilliseconds() - used }
}

let started: Started | null = null

answerQuestions<ToBareDatabase, FromBareDatabase>(
  async (question) => {
    if (question.kind === 'start') {
      const { databaseUrl, recording, phones } = question
      started = { database: openBareDatabase(databaseUrl), steps: stepsOf(recording), phones, at: recording.at }
      return { kind: 'started' }
    }
    if (started === null) throw new Error('There is no database yet.')
    return load(started, question.clients, question.milliseconds)
  },
  async () => started?.database.close(),
)
