/** Strand's own database: one SQLite file. Times are milliseconds since the epoch, money is öre. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartFault } from './config.ts'

const version = 2

const browsers = `
  -- A browser. Its cookie is never stored, only the hash.
  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    subject TEXT REFERENCES customers (subject),
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sessions_by_expiry ON sessions (expires_at);
  -- A login under way, from leaving for the issuer until coming back.
  CREATE TABLE logins (
    state_hash TEXT PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (hash) ON DELETE CASCADE,
    nonce TEXT NOT NULL,
    code_verifier TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX logins_by_expiry ON logins (expires_at);
  CREATE INDEX logins_by_session ON logins (session);
`

const schema = `
  CREATE TABLE customers (
    subject TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL
  ) STRICT;
  ${browsers}
  CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL REFERENCES customers (subject),
    booked_at INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    kind TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entries_by_customer ON entries (subject, booked_at DESC, id DESC);
`

const withoutTokens = `
  DELETE FROM logins;
  DELETE FROM sessions;
  DROP TABLE logins;
  DROP TABLE sessions;
  ${browsers}
`

/** Runs a function in one transaction. It must not await. */
export function inTransaction<Value>(db: DatabaseSync, run: () => Value): Value {
  db.exec('BEGIN IMMEDIATE')
  try {
    const value = run()
    db.exec('COMMIT')
    return value
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

function migrate(db: DatabaseSync): void {
  const found = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  if (found > version) throw new StartFault("Strand's database was made by a newer version of Strand.")
  if (found === version) return
  inTransaction(db, () => {
    // Version 1 kept ID tokens with the sessions: whoever was logged in logs in again.
    if (found === 1) db.exec(withoutTokens)
    else db.exec(schema)
    db.exec(`PRAGMA user_version = ${version}`)
  })
}

/** Opens `strand.db` in the directory, making both where they are missing. @throws StartFault */
export function openDatabase(directory: string): DatabaseSync {
  const path = join(directory, 'strand.db')
  let db: DatabaseSync
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    // Made here and not by SQLite, so that nobody else can read it.
    closeSync(openSync(path, 'a', 0o600))
    db = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5_000 })
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  } catch {
    throw new StartFault(`Strand cannot write its database ${path}.`)
  }
  try {
    migrate(db)
  } catch (error) {
    db.close()
    throw error
  }
  return db
}
