/**
 * Kysely on a connection of ours: it builds the statements and types their rows, we run them. Between the two lies nothing,
 * for every request makes dozens of statements.
 */
import {
  type CompiledQuery,
  DefaultQueryExecutor,
  type Dialect,
  type DialectAdapter,
  type Driver,
  DummyDriver,
  Kysely,
  type QueryCompiler,
  type QueryResult,
  Transaction,
} from 'kysely'
import type { Schema } from './schema.ts'

/** Runs one statement. */
export type Run = <Row>(statement: CompiledQuery) => Promise<QueryResult<Row>>

/** How a kind of database says things. Made once: every transaction speaks it. */
export interface Words {
  readonly dialect: Dialect
  readonly driver: Driver
  readonly compiler: QueryCompiler
  readonly adapter: DialectAdapter
}

/** The words of a dialect, whose connections are ours. */
export function wordsOf(dialect: Omit<Dialect, 'createDriver'>): Words {
  const driver = new DummyDriver()
  return {
    dialect: { ...dialect, createDriver: () => driver },
    driver,
    compiler: dialect.createQueryCompiler(),
    adapter: dialect.createAdapter(),
  }
}

const noConnections = {
  provideConnection: () => Promise.reject(new Error('Statements run on the connection that they were given.')),
}

class DirectExecutor extends DefaultQueryExecutor {
  readonly #run: Run

  constructor(words: Words, run: Run) {
    super(words.compiler, words.adapter, noConnections)
    this.#run = run
  }

  override executeQuery<Row>(statement: CompiledQuery): Promise<QueryResult<Row>> {
    return this.#run(statement)
  }
}

function propsOf(words: Words, run: Run) {
  const { dialect, driver } = words
  return { config: { dialect }, driver, dialect, executor: new DirectExecutor(words, run) }
}

interface Runner {
  readonly words: Words
  readonly run: Run
}

const runners = new WeakMap<object, Runner>()

/** How statements run on what a read or a write was given. */
export function runnerOf(given: object): Runner {
  const runner = runners.get(given)
  if (runner === undefined) throw new Error('Only what a read or a write was given runs statements.')
  return runner
}

/** What reads are given. */
export function readingBy(words: Words, run: Run): Kysely<Schema> {
  const query = new Kysely<Schema>(propsOf(words, run))
  runners.set(query, { words, run })
  return query
}

/** What a write is given. After `end` it runs nothing any more: it would be within another one's transaction. */
export function transactionBy(words: Words, run: Run): { transaction: Transaction<Schema>; end: () => void } {
  let ended = false
  const runUntilEnd: Run = (statement) => {
    if (ended) return Promise.reject(new Error('This transaction has ended.'))
    return run(statement)
  }
  const transaction = new Transaction<Schema>(propsOf(words, runUntilEnd))
  runners.set(transaction, { words, run: runUntilEnd })
  return {
    transaction,
    end() {
      ended = true
    },
  }
}
