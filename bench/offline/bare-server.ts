/**
 * The ceiling: a bare Fastify that does, for each code, the statements that the server made for one, on the driver alone,
 * and as many HMACs. No cookies are looked at, nothing is parsed or judged.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { freePort } from '@countersign/testkit'
import { fastify } from 'fastify'
import { openBareDatabase } from '../measure/bare-database.ts'
import { answerQuestions, cpuMilliseconds } from '../measure/process.ts'
import { type Step, stepsOf } from '../measure/statements.ts'
import type { FromServer, ToBareServer } from './messages.ts'
import { waitAgain } from './wait-again.ts'

/** Bytes under the HMAC of a typed code: the suite's name, the question, the time. */
const messageLength = 166

let again: () => Promise<void> = async () => {}
let end: () => Promise<void> = async () => {}

async function start(question: Extract<ToBareServer, { kind: 'start' }>): Promise<FromServer> {
  const database = openBareDatabase(question.databaseUrl)
  const steps = { wrong: stepsOf(question.wrong), right: stepsOf(question.right) }
  const signIns = new Map(question.signIns.map((signIn) => [signIn.id, signIn]))
  const [key, message] = [randomBytes(32), randomBytes(messageLength)]
  const app = fastify({ logger: false })
  const run = async (all: readonly Step[], id: string, at: number) => {
    const names = signIns.get(id)?.names ?? {}
    for (const step of all) await database.step(step, names, Date.now() - at)
  }
  app.post<{ Params: { id: string }; Body: { response: string } }>('/sign-in/:id/response', async (request, reply) => {
    const { id } = request.params
    for (let mac = 0; mac < question.macs; mac += 1) createHmac('sha256', key).update(message).digest()
    const isRight = signIns.get(id)?.response === request.body.response
    await (isRight ? run(steps.right, id, question.right.at) : run(steps.wrong, id, question.wrong.at))
    return reply.code(isRight ? 200 : 403).send({ state: isRight ? 'approved' : 'waiting' })
  })
  const port = await freePort()
  await app.listen({ host: '127.0.0.1', port })
  again = () => waitAgain(question.databaseUrl)
  end = async () => {
    await app.close()
    await database.close()
  }
  return { kind: 'started', place: { issuer: `http://localhost:${port}`, port } }
}

answerQuestions<ToBareServer, FromServer>(
  async (question) => {
    if (question.kind === 'start') return start(question)
    if (question.kind === 'usage') return { kind: 'usage', milliseconds: cpuMilliseconds() }
    await again()
    return { kind: 'prepared', signIns: [] }
  },
  () => end(),
)
