/** One step from a schema version to the next, written once for both databases. */

/** Where the two databases say the same thing in different words. */
export interface Dialect {
  /** Compared and ordered byte by byte on both. */
  readonly text: string
  /** 64 bits; what JavaScript's integers do not hold is refused when read. */
  readonly integer: string
  readonly bytes: string
  /** A primary key that counts upwards by itself and never gives a number twice. */
  readonly sequence: string
  /** Makes the types of columns binding on SQLite, as they are on PostgreSQL. */
  readonly strict: string
  /** Makes `now_ms()`. On SQLite it is a function of ours on every connection. */
  readonly clock: readonly string[]
}

export interface Migration {
  readonly version: number
  statements(dialect: Dialect): readonly string[]
}

export const sqliteWords: Dialect = {
  text: 'text',
  integer: 'integer',
  bytes: 'blob',
  sequence: 'integer primary key autoincrement',
  strict: ' strict',
  clock: [],
}

export const postgresWords: Dialect = {
  text: 'text collate "C"',
  integer: 'bigint',
  bytes: 'bytea',
  sequence: 'bigint generated always as identity primary key',
  strict: '',
  // Volatile and by `clock_timestamp()`: `now()` stands still within a transaction and would let a late answer in.
  clock: [
    `create function now_ms() returns bigint language sql volatile as
      'select floor(extract(epoch from clock_timestamp()) * 1000)::bigint'`,
  ],
}
