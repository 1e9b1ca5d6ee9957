/** `schema.ts` is what the code believes of the tables; this is whether the migrations make them so. */
import { readFileSync } from 'node:fs'
import { createDatabase, TestClock } from '@countersign/testkit'
import { sql } from 'kysely'
import { describe, expect, inject, test } from 'vitest'
import { type Database, openDatabase, type Transaction } from './index.ts'

interface Column {
  name: string
  type: string
  nullable: boolean
}

/** Each table of `schema.ts` with its columns, as the text of the interfaces says. */
function believed(): Record<string, Column[]> {
  const text = readFileSync(new URL('./schema.ts', import.meta.url), 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '')
  const tables: Record<string, Column[]> = {}
  for (const [, table, columns] of text.matchAll(/export interface (\w+)Table \{([^}]*)\}/g)) {
    tables[snake(table ?? '')] = [...(columns ?? '').matchAll(/^ {2}(\w+): (.+)$/gm)]
      .map(([, name, type]) => toColumn(name ?? '', type ?? ''))
      .sort(byName)
  }
  return tables
}

const snake = (name: string): string => name.replace(/(?<!^)[A-Z]/g, '_$&').toLowerCase()

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1)

function toColumn(name: string, declared: string): Column {
  const nullable = declared.endsWith(' | null')
  const type = declared.replace(' | null', '')
  if (type === 'Uint8Array') return { name, type: 'bytes', nullable }
  return { name, type: ['number', 'Generated<number>'].includes(type) ? 'integer' : 'text', nullable }
}

const words: Record<string, string> = {
  TEXT: 'text',
  INTEGER: 'integer',
  BLOB: 'bytes',
  bigint: 'integer',
  bytea: 'bytes',
}

interface Found {
  name: string
  type: string
  nullable: number
}

async function sqliteColumns(transaction: Transaction, table: string): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select name, type, "notnull" = 0 and pk = 0 as nullable from pragma_table_info(${table})`.execute(transaction)
  return rows
}

async function postgresColumns(transaction: Transaction, table: string): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select column_name as name, data_type as type, case is_nullable when 'YES' then 1 else 0 end as nullable
    from information_schema.columns where table_schema = 'public' and table_name = ${table}`.execute(transaction)
  return rows
}

async function made(db: Database): Promise<Record<string, Column[]>> {
  const find = db.kind === 'sqlite' ? sqliteColumns : postgresColumns
  return await db.write(async (transaction) => {
    const tables: Record<string, Column[]> = {}
    for (const table of Object.keys(believed())) {
      const columns = await find(transaction, table)
      tables[table] = columns
        .map(({ name, type, nullable }) => ({ name, type: words[type] ?? type, nullable: nullable === 1 }))
        .sort(byName)
    }
    return tables
  })
}

describe('the migrations make the tables of schema.ts', () => {
  test('on SQLite', async () => {
    const db = await openDatabase({ url: 'sqlite::memory:', clock: new TestClock() })
    expect(await made(db)).toEqual(believed())
    expect(Object.keys(believed()).length).toBeGreaterThan(10)
    await db.close()
  })

  test.skipIf(inject('postgres') === null)('on PostgreSQL', async () => {
    const url = await createDatabase(inject('postgres') ?? '')
    const db = await openDatabase({ url, clock: new TestClock() })
    expect(await made(db)).toEqual(believed())
    await db.close()
  })
})
