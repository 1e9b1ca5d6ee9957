/** What was sent to a database driver, as it is handed from the process that recorded it to the one that does it again. */

/** One statement as it went to the driver. */
export interface RecordedStatement {
  /** Which connection: statements of one transaction come one after another on it. */
  readonly connection: number
  readonly sql: string
  readonly parameters: readonly unknown[]
  /** PostgreSQL: the name under which it is kept prepared. */
  readonly name: string | null
  /** SQLite: whether rows are asked for. */
  readonly answersRows: boolean
}

/** Whatever is another one each time: ids, nonces, keys. */
export type Names = Readonly<Record<string, string>>

/** What is to be done again. */
export interface Recording {
  readonly statements: readonly RecordedStatement[]
  readonly names: Names
  /** Milliseconds since the epoch. */
  readonly at: number
}
