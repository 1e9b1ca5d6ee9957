/** Puts the approvals of a database back to where a code is asked for, so that the same statements find the same again. */
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'

const statements = (now: number): readonly string[] => [
  `update approvals set state = 'pending', live_key = id, reason = null, decided_at = null, method = null, amr = null,
    response_tries_left = 5, expires_at = ${now + 90_000} where offline = 1`,
  `update rounds set issued_at = ${now}, expires_at = ${now + 90_000}`,
  `update offline_locks set failures = 0, locked_until = null, until_online = 0`,
]

/** Puts everything back. */
export async function waitAgain(databaseUrl: string): Promise<void> {
  if (databaseUrl.startsWith('sqlite:')) {
    const database = new DatabaseSync(databaseUrl.slice('sqlite:'.length))
    for (const statement of statements(Date.now())) database.exec(statement)
    database.close()
    return
  }
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  for (const statement of statements(Date.now())) await client.query(statement)
  await client.end()
}
