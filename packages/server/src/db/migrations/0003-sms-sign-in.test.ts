/** A sign-in that waits while the server is upgraded goes on where it can. */
import { DatabaseSync } from 'node:sqlite'
import { createDatabase } from '@countersign/testkit'
import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { firstTables } from './0001-first-tables.ts'
import { numberAndBrowser } from './0002-number-and-browser.ts'
import { smsSignIn } from './0003-sms-sign-in.ts'
import { type Dialect, postgresWords, sqliteWords } from './migration.ts'

const before = (words: Dialect): string[] => [
  ...[firstTables, numberAndBrowser].flatMap((migration) => migration.statements(words)),
  "insert into accounts values ('acc', 'a@b', 'a@b', 'Anna', 'hash', '+46701740605', 'sv', 'active', 1)",
  `insert into applications values ('strand', 'Strand', ${words === sqliteWords ? 'zeroblob(32)' : "decode(repeat('00', 32), 'hex')"}, '[]', '[]', 1)`,
  ...['password', 'no-device', 'cancelled'].map(
    (step) =>
      `insert into sign_ins values ('${step}', 'strand', 'acc', null, '${step}', 'sv', 0, 5, 1, 9, 'the browser')`,
  ),
]
const after = 'select id, step, password_at, browser, created_at, expires_at, code_tries_left from sign_ins order by id'
const carried = ['cancelled', 'no-device', 'password'].map((id) => ({
  id,
  step: id === 'no-device' ? 'password' : id,
  password_at: 5,
  browser: 'the browser',
  created_at: 1,
  expires_at: 9,
  code_tries_left: 0,
}))

test('on SQLite', () => {
  const database = new DatabaseSync(':memory:')
  for (const statement of [...before(sqliteWords), ...smsSignIn.statements(sqliteWords)]) database.exec(statement)
  expect(
    database
      .prepare(after)
      .all()
      .map((row) => ({ ...row })),
  ).toEqual(carried)
  database.close()
})

test.skipIf(inject('postgres') === null)('on PostgreSQL', async () => {
  const client = new Client({ connectionString: await createDatabase(inject('postgres') ?? '') })
  await client.connect()
  for (const statement of [...before(postgresWords), ...smsSignIn.statements(postgresWords)])
    await client.query(statement)
  const { rows } = await client.query(after)
  const toNumber = (value: unknown) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value)
  const numbered = rows.map((row: object) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toNumber(value)])),
  )
  expect(numbered).toEqual(carried)
  await client.end()
})
