/** The server that is measured, in a process of its own, as `countersign serve` makes it. */

import { startMeasuredWorld } from '../measure/measured-world.ts'
import { preparePhones } from '../measure/prepare-phones.ts'
import { answerQuestions, cpuMilliseconds } from '../measure/process.ts'
import type { FromServer, ToServer } from './messages.ts'

const closing: (() => Promise<void>)[] = []

async function start({ databaseUrl, phones: count }: Extract<ToServer, { kind: 'start' }>): Promise<FromServer> {
  const world = await startMeasuredWorld({ databaseUrl })
  const { context } = world.running
  closing.push(() => world.running.close())
  const phones = await preparePhones(context, count)
  const relations = phones.map(({ account }) => ({
    application_id: world.application.id,
    account_id: account,
    external_id: null,
  }))
  await context.db.write((transaction) => transaction.insertInto('relations').values(relations).execute())
  const [port = 0] = world.running.ports
  return { kind: 'started', place: { issuer: world.config.issuer, port, apiKey: world.application.apiKey }, phones }
}

answerQuestions<ToServer, FromServer>(
  async (question) =>
    question.kind === 'start' ? start(question) : { kind: 'usage', milliseconds: cpuMilliseconds() },
  async () => {
    for (const close of closing) await close()
  },
)
