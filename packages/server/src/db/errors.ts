/** What can be wrong with a database. The message is one sentence for the operator. */

/** The database was written by a newer version of the server; it is left as it is. */
export class DatabaseTooNew extends Error {
  override readonly name = 'DatabaseTooNew'
  constructor(found: number, known: number) {
    super(
      `The database has schema version ${found}, and this version of Countersign knows ${known}: nothing was changed; start the newer version of Countersign.`,
    )
  }
}

/** The directory or the file of the database cannot be made or written. */
export class DataDirectoryUnwritable extends Error {
  override readonly name = 'DataDirectoryUnwritable'
  constructor(path: string, cause: unknown) {
    super(
      `The data directory ${path} cannot be written: give this user the right to write there, or choose another directory.`,
      { cause },
    )
  }
}

/** The database does not answer, or refuses this user, or is none. */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable'
  constructor(where: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`The database ${where} cannot be used: ${reason}.`, { cause })
  }
}

/**
 * A `read` or `write` found no database that works: not reachable, locked for too long, full, or closing. Whether the
 * write was done is not known, when the answer to its COMMIT was lost.
 */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
  constructor(cause?: unknown) {
    super('The database does not answer, or cannot be written.', { cause })
  }
}
