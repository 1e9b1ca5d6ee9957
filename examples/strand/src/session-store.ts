/** Browsers that Strand knows, and the logins that they have under way. */
import { createHash, randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import * as z from 'zod'
import { inTransaction } from './database.ts'

/** Milliseconds. */
export const sessionLength = 8 * 3_600_000
/** Milliseconds in which a person must be back from the issuer. */
export const loginLength = 35 * 60_000

export interface Session {
  /** SHA-256 of the cookie. */
  readonly hash: string
  /** Who is logged in, or null. */
  readonly customer: { readonly subject: string } | null
}

/** What the answer of the issuer must match. */
export interface PendingLogin {
  readonly nonce: string
  readonly codeVerifier: string
}

export interface SessionStore {
  find(cookie: string | null, now: number): Session | null
  /** Begins a login; makes a session for browsers that have none, whose cookie is then not null. */
  beginLogin(session: Session | null, state: string, login: PendingLogin, now: number): { cookie: string | null }
  /** Takes a login that this session has under way: once. */
  takeLogin(session: Session, state: string, now: number): PendingLogin | null
  /** Ends the session that began the login, and begins another for the customer. Returns its cookie. */
  logIn(before: Session, subject: string, now: number): string
  end(session: Session): void
}

const SessionRow = z.object({ hash: z.string(), subject: z.string().nullable() })
const LoginRow = z.object({ nonce: z.string(), code_verifier: z.string() })

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url')
const newCookie = () => randomBytes(32).toString('base64url')

function beginLogin(
  db: DatabaseSync,
  session: Session | null,
  state: string,
  { nonce, codeVerifier }: PendingLogin,
  now: number,
): { cookie: string | null } {
  return inTransaction(db, () => {
    db.prepare('DELETE FROM logins WHERE expires_at <= ?').run(now)
    db.prepare('DELETE FROM sessions WHERE expires_at <= ?').run(now)
    const expires = now + loginLength
    const cookie = session === null ? newCookie() : null
    const hash = cookie === null ? (session?.hash ?? '') : hashOf(cookie)
    if (cookie !== null) db.prepare('INSERT INTO sessions (hash, expires_at) VALUES (?, ?)').run(hash, expires)
    // A session that waits for its login lives as long as the login.
    else db.prepare('UPDATE sessions SET expires_at = max(expires_at, ?) WHERE hash = ?').run(expires, hash)
    db.prepare('INSERT INTO logins (state_hash, session, nonce, code_verifier, expires_at) VALUES (?, ?, ?, ?, ?)').run(
      hashOf(state),
      hash,
      nonce,
      codeVerifier,
      expires,
    )
    return { cookie }
  })
}

export function sessionStore(db: DatabaseSync): SessionStore {
  return {
    find: (cookie, now) => {
      if (cookie === null) return null
      const row = db
        .prepare('SELECT hash, subject FROM sessions WHERE hash = ? AND expires_at > ?')
        .get(hashOf(cookie), now)
      if (row === undefined) return null
      const { hash, subject } = SessionRow.parse(row)
      return { hash, customer: subject === null ? null : { subject } }
    },
    beginLogin: (session, state, login, now) => beginLogin(db, session, state, login, now),
    takeLogin: (session, state, now) => {
      const row = db
        .prepare(
          'DELETE FROM logins WHERE state_hash = ? AND session = ? AND expires_at > ? RETURNING nonce, code_verifier',
        )
        .get(hashOf(state), session.hash, now)
      if (row === undefined) return null
      const { nonce, code_verifier: codeVerifier } = LoginRow.parse(row)
      return { nonce, codeVerifier }
    },
    logIn: (before, subject, now) =>
      inTransaction(db, () => {
        const cookie = newCookie()
        db.prepare('DELETE FROM sessions WHERE hash = ?').run(before.hash)
        db.prepare('INSERT INTO sessions (hash, subject, expires_at) VALUES (?, ?, ?)').run(
          hashOf(cookie),
          subject,
          now + sessionLength,
        )
        return cookie
      }),
    end: ({ hash }) => {
      db.prepare('DELETE FROM sessions WHERE hash = ?').run(hash)
    },
  }
}
