/** Strand's own database: one SQLite file. Times are milliseconds since the epoch, money is öre. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as z from 'zod'
import { entryKinds } from './account-view.ts'
import { StartFault } from './config.ts'
import { accountOf, betweenAccounts, book, openAccount, otherSide } from './ledger.ts'

const version = 3

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
`

const withoutTokens = `
  DELETE FROM logins;
  DELETE FROM sessions;
  DROP TABLE logins;
  DROP TABLE sessions;
  ${browsers}
`

const ledger = `
  -- A row is first what was asked for; it is then booked, or ended for a reason, and never changes after that.
  CREATE TABLE transfers (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL REFERENCES customers (subject),
    -- The page's name for having sent the form, so that sending it again is no second transfer.
    attempt TEXT NOT NULL,
    -- The browser that asked, as in sessions; those go when they end.
    session TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    payee TEXT NOT NULL,
    account_number TEXT NOT NULL,
    message TEXT,
    save_payee INTEGER NOT NULL,
    -- Both null until Countersign has said that it asks.
    approval TEXT UNIQUE,
    page_token TEXT,
    state TEXT NOT NULL CHECK (state IN ('asked', 'booked', 'ended')),
    reason TEXT CHECK ((state = 'ended') = (reason IS NOT NULL)),
    -- The proof of what was approved.
    receipt TEXT CHECK (state <> 'booked' OR receipt IS NOT NULL),
    created_at INTEGER NOT NULL,
    UNIQUE (subject, attempt)
  ) STRICT;
  CREATE INDEX transfers_asked ON transfers (subject) WHERE state = 'asked';
  CREATE TRIGGER transfers_over_stay BEFORE UPDATE ON transfers WHEN old.state <> 'asked'
    BEGIN SELECT raise(ABORT, 'what is over is never changed'); END;

  -- Payees that somebody has paid, and wanted to keep.
  CREATE TABLE payees (
    subject TEXT NOT NULL REFERENCES customers (subject),
    account_number TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (subject, account_number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'clearing', 'equity')),
    subject TEXT UNIQUE REFERENCES customers (subject),
    account_number TEXT UNIQUE,
    CHECK ((kind = 'customer') = (subject IS NOT NULL AND account_number IS NOT NULL))
  ) STRICT;
  INSERT INTO accounts (id, kind) VALUES (1, 'clearing'), (2, 'equity');

  -- Double entry: the postings of a booking sum to zero.
  CREATE TABLE bookings (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    booked_at INTEGER NOT NULL,
    transfer TEXT UNIQUE REFERENCES transfers (id)
  ) STRICT;
  CREATE TABLE postings (
    account INTEGER NOT NULL REFERENCES accounts (id),
    booking INTEGER NOT NULL REFERENCES bookings (id),
    amount INTEGER NOT NULL,
    PRIMARY KEY (account, booking)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER bookings_stay BEFORE UPDATE ON bookings
    BEGIN SELECT raise(ABORT, 'a booking is never changed'); END;
  CREATE TRIGGER bookings_remain BEFORE DELETE ON bookings
    BEGIN SELECT raise(ABORT, 'a booking is never removed'); END;
  CREATE TRIGGER postings_stay BEFORE UPDATE ON postings
    BEGIN SELECT raise(ABORT, 'a posting is never changed'); END;
  CREATE TRIGGER postings_remain BEFORE DELETE ON postings
    BEGIN SELECT raise(ABORT, 'a posting is never removed'); END;
`

const OldEntry = z.object({ subject: z.string(), booked_at: z.int(), amount: z.int(), kind: z.enum(entryKinds) })

/** Versions before 3 kept one side of every booking. */
function keepEntries(db: DatabaseSync): void {
  for (const { subject } of db.prepare('SELECT subject FROM customers').all()) openAccount(db, String(subject))
  for (const row of db.prepare('SELECT subject, booked_at, amount, kind FROM entries ORDER BY id').all()) {
    const { subject, booked_at: bookedAt, amount, kind } = OldEntry.parse(row)
    book(db, { kind, bookedAt, transfer: null }, betweenAccounts(otherSide(kind), accountOf(db, subject).id, amount))
  }
  db.exec('DROP TABLE entries')
}

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
    if (found === 0) db.exec(schema)
    db.exec(ledger)
    if (found > 0) keepEntries(db)
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
