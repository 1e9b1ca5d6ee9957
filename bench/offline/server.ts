/** The server that is measured, in a process of its own: as `countersign serve` makes it. */
import type { World } from '@countersign/testkit'
import { startMeasuredWorld } from '../measure/measured-world.ts'
import { type PreparedPhone, preparePhones } from '../measure/prepare-phones.ts'
import { answerQuestions, cpuMilliseconds } from '../measure/process.ts'
import { startRecording, takeRecorded } from '../measure/recorder.ts'
import type { FromServer, Place, ToServer, WaitingSignIn } from './messages.ts'
import { beginOffline } from './sign-ins.ts'

const redirectUri = 'http://localhost:4999/callback'

interface Started {
  readonly world: World
  readonly phones: readonly PreparedPhone[]
  readonly place: Place
}

let started: Started | null = null

async function start({ databaseUrl, accounts, records }: Extract<ToServer, { kind: 'start' }>): Promise<FromServer> {
  if (records) startRecording()
  const world = await startMeasuredWorld({ databaseUrl, redirectUri })
  const [port = 0] = world.running.ports
  const place = { issuer: world.config.issuer, port }
  started = { world, phones: await preparePhones(world.running.context, accounts), place }
  return { kind: 'started', place }
}

/** The approval of each sign-in, by its id. */
async function approvalsOf(world: World, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await world.running.context.db.read((query) =>
    query.selectFrom('sign_ins').select(['id', 'approval_id']).where('id', 'in', ids).execute(),
  )
  return new Map(rows.map(({ id, approval_id }) => [id, approval_id ?? '']))
}

async function prepare({ world, phones, place }: Started): Promise<WaitingSignIn[]> {
  const application = { id: world.application.id, redirectUri }
  const begun: Awaited<ReturnType<typeof beginOffline>>[] = []
  const atATime = 8
  for (let from = 0; from < phones.length; from += atATime) {
    const some = phones.slice(from, from + atATime)
    begun.push(...(await Promise.all(some.map((phone) => beginOffline(place, application, phone)))))
  }
  const ids = begun.map(({ id }) => id)
  const approvals = await approvalsOf(world, ids)
  return begun.map((signIn, at) => {
    const { account = '', device = '' } = phones[at] ?? {}
    return { ...signIn, names: { approval: approvals.get(signIn.id) ?? '', account, device } }
  })
}

answerQuestions<ToServer, FromServer>(
  async (question) => {
    if (question.kind === 'start') return start(question)
    if (question.kind === 'usage') return { kind: 'usage', milliseconds: cpuMilliseconds() }
    if (question.kind === 'recorded') return { kind: 'recorded', statements: takeRecorded() }
    if (started === null) throw new Error('The server was not started.')
    return { kind: 'prepared', signIns: await prepare(started) }
  },
  async () => started?.world[Symbol.asyncDispose](),
)
