/**
 * Statements that are built once, for what every request asks: building one with Kysely costs several times what SQLite
 * takes to run it.
 */
import type { Compilable, CompiledQuery, Kysely } from 'kysely'
import type { Schema } from './schema.ts'
import { type Run, runnerOf, type Words } from './statements.ts'
import type { Query, Transaction } from './store.ts'

type Value = string | number | bigint | Uint8Array | null

/** The values of a statement, by name. */
type Given = Readonly<Record<string, Value>>

/** Stands for the value of this name while the statement is built. */
class Placeholder {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

const placeholders = new Proxy<Given>({}, { get: (_, name) => new Placeholder(String(name)) })

/** A statement as it is sent, its parameters by name where they are given each time. */
interface Built {
  readonly compiled: CompiledQuery
  readonly parameters: readonly unknown[]
}

/** Builds the statement the first time, once for each kind of database. */
function buildOnce<On, Values extends Given>(build: (on: On, given: Values) => Compilable<unknown>) {
  const built = new Map<Words, Built>()
  return (on: On & Kysely<Schema>, given: Given): { run: Run; statement: CompiledQuery } => {
    const { words, run } = runnerOf(on)
    let found = built.get(words)
    if (found === undefined) {
      const compiled = build(on, placeholders as Values).compile()
      found = { compiled, parameters: compiled.parameters }
      built.set(words, found)
    }
    const parameters = found.parameters.map((one) => (one instanceof Placeholder ? given[one.name] : one))
    return { run, statement: { ...found.compiled, parameters } }
  }
}

/** A select that is built once. */
export interface PreparedSelect<Values, Row> {
  all(query: Query, given: Values): Promise<Row[]>
  /** The first row, or undefined where there is none. */
  first(query: Query, given: Values): Promise<Row | undefined>
  /** The one row that there always is. */
  one(query: Query, given: Values): Promise<Row>
}

/** A change that is built once. */
export interface PreparedChange<Values, Row> {
  /** @returns how many rows it changed */
  run(transaction: Transaction, given: Values): Promise<number>
  /** The first row that it returns, or undefined where it changed none. */
  first(transaction: Transaction, given: Values): Promise<Row | undefined>
}

/**
 * Prepares a select. `build` is called once, with a stand-in for each value: it must not look at them.
 *
 * @example
 * const byId = prepareSelect((query, given: { id: string }) => query.selectFrom('accounts').selectAll().where('id', '=', given.id))
 * const row = await byId.first(query, { id })
 */
export function prepareSelect<Values extends Given, Row>(
  build: (query: Query, given: Values) => Compilable<Row>,
): PreparedSelect<Values, Row> {
  const of = buildOnce(build)
  const all = async (query: Query, given: Values): Promise<Row[]> => {
    const { run, statement } = of(query as Kysely<Schema>, given)
    return (await run<Row>(statement)).rows
  }
  return {
    all,
    first: async (query, given) => (await all(query, given))[0],
    async one(query, given) {
      const [row] = await all(query, given)
      if (row === undefined) throw new Error('There is no row where there must be one.')
      return row
    },
  }
}

/** Prepares an insert, update or delete, as `prepareSelect` does. */
export function prepareChange<Values extends Given, Row>(
  build: (transaction: Transaction, given: Values) => Compilable<Row>,
): PreparedChange<Values, Row> {
  const of = buildOnce(build)
  return {
    async run(transaction, given) {
      const { run, statement } = of(transaction, given)
      return Number((await run(statement)).numAffectedRows ?? 0n)
    },
    async first(transaction, given) {
      const { run, statement } = of(transaction, given)
      return (await run<Row>(statement)).rows[0]
    },
  }
}
