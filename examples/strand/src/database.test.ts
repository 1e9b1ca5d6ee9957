import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openDatabase } from './database.ts'

test('a database of the version before keeps its customers and forgets its ID tokens', () => {
  const directory = mkdtempSync(join(tmpdir(), 'strand-'))
  openDatabase(directory).close()
  const before = new DatabaseSync(join(directory, 'strand.db'))
  before.exec(`
    ALTER TABLE sessions ADD COLUMN id_token TEXT;
    INSERT INTO customers VALUES ('acc_anna', 'Anna Lind', 'anna@strand.example');
    INSERT INTO sessions (hash, subject, id_token, expires_at) VALUES ('h', 'acc_anna', 'token', 1);
    INSERT INTO logins VALUES ('s', 'h', 'n', 'v', 1);
    PRAGMA user_version = 1;
  `)
  before.close()
  const db = openDatabase(directory)
  expect(db.prepare('SELECT * FROM customers').all()).toHaveLength(1)
  expect(db.prepare('SELECT * FROM sessions').all()).toEqual([])
  expect(
    db
      .prepare("SELECT name FROM pragma_table_info('sessions')")
      .all()
      .map(({ name }) => name),
  ).toEqual(['hash', 'subject', 'expires_at'])
  db.close()
  rmSync(directory, { recursive: true })
})
