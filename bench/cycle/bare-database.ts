/**
 * The ceiling of the database: the statements of a cycle, in the same transactions, on the driver alone. SQLite with one
 * COMMIT for all who wait in the same turn, as the server has it; PostgreSQL with pools of the server's sizes.
 */
import { randomBytes } from 'node:crypto'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import pg from 'pg'
import { answerQuestions, cpuMilliseconds } from '../measure/process.ts'
import type { BareDatabase, CycleNames, FromBareDatabase, ToBareDatabase } from './messages.ts'
import { type RepeatableStatement, type Step, stepsOf } from './statements.ts'

/** Does one step of a cycle. */
type Do = (step: Step, names: CycleNames, passed: number) => Promise<void>

interface OpenDatabase {
  readonly step: Do
  close(): Promise<void>
}

function openSqlite(path: string): OpenDatabase {
  const connect = (readOnly: boolean) => {
    const database = new DatabaseSync(path, { readOnly })
    database.function('now_ms', () => BigInt(Date.now()))
    const prepared = new Map<string, StatementSync>()
    return {
      database,
      run({ sql, answersRows, parametersOf }: RepeatableStatement, names: CycleNames, passed: number) {
        const statement = prepared.get(sql) ?? database.prepare(sql)
        prepared.set(sql, statement)
        const parameters = parametersOf(names, passed) as SQLInputValue[]
        if (answersRows) statement.all(...parameters)
        else statement.run(...parameters)
      },
    }
  }
  const writer = connect(false)
  writer.database.exec('pragma journal_mode = wal; pragma synchronous = full')
  const reader = connect(true)
  let waiting: (() => () => void)[] = []
  const commitTogether = () => {
    const members = waiting
    waiting = []
    writer.database.exec('begin immediate')
    const told = members.map((member) => member())
    writer.database.exec('commit')
    for (const tell of told) tell()
  }
  return {
    step(step, names, passed) {
      if (step.kind === 'read') {
        reader.run(step.statement, names, passed)
        return Promise.resolve()
      }
      return new Promise((resolve) => {
        if (waiting.length === 0) setImmediate(commitTogether)
        waiting.push(() => {
          writer.database.exec('savepoint member')
          for (const statement of step.statements) writer.run(statement, names, passed)
          writer.database.exec('release member')
          return resolve
        })
      })
    },
    async close() {
      reader.database.close()
      writer.database.close()
    },
  }
}

function openPostgres(url: string, pools: BareDatabase['pools']): OpenDatabase {
  const [readers, writers] = [pools.read, pools.write].map((max) => new pg.Pool({ connectionString: url, max }))
  if (readers === undefined || writers === undefined) throw new Error('There are two pools.')
  const queryOf = ({ sql, name, parametersOf }: RepeatableStatement, names: CycleNames, passed: number) => ({
    text: sql,
    values: parametersOf(names, passed),
    ...(name === null ? {} : { name }),
  })
  return {
    async step(step, names, passed) {
      if (step.kind === 'read') {
        await readers.query(queryOf(step.statement, names, passed))
        return
      }
      const client = await writers.connect()
      await client.query('begin')
      for (const statement of step.statements) await client.query(queryOf(statement, names, passed))
      await client.query('commit')
      client.release()
    },
    async close() {
      await Promise.all([readers.end(), writers.end()])
    },
  }
}

const fresh = () => randomBytes(16).toString('base64url')

let open: OpenDatabase | null = null
let given: BareDatabase | null = null
let steps: readonly Step[] = []

function start(question: BareDatabase): void {
  given = question
  steps = stepsOf(question.statements, question.recorded, question.recordedAt)
  const [scheme, path] = [question.databaseUrl.split(':', 1)[0], question.databaseUrl.replace(/^sqlite:/, '')]
  open = scheme === 'sqlite' ? openSqlite(path) : openPostgres(question.databaseUrl, question.pools)
}

async function load(clients: number, milliseconds: number): Promise<FromBareDatabase> {
  if (open === null || given === null) throw new Error('There is no database yet.')
  const { step } = open
  const { phones, recordedAt } = given
  const end = performance.now() + milliseconds
  const used = cpuMilliseconds()
  let cycles = 0
  let inTime = 0
  const work = async (first: number) => {
    for (let turn = first; performance.now() < end; turn += clients) {
      const phone = phones[turn % phones.length]
      if (phone === undefined) throw new Error('There are no phones.')
      const { account, device, thumbprint } = phone
      const approval = `apr_${fresh()}`
      const nonce = `${fresh()}${fresh()}`
      const names = { account, device, thumbprint, approval, requester: fresh(), redemption: fresh(), nonce }
      const passed = Date.now() - recordedAt
      for (const one of steps) await step(one, names, passed)
      cycles += 1
      if (performance.now() <= end) inTime += 1
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, client) => work(client)))
  return { kind: 'load', inTime, cycles, cpu: cpuMilliseconds() - used }
}

answerQuestions<ToBareDatabase, FromBareDatabase>(
  async (question) => {
    if (question.kind === 'load') return load(question.clients, question.milliseconds)
    start(question)
    return { kind: 'started' }
  },
  async () => open?.close(),
)
