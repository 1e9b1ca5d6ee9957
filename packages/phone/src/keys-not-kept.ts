/** The phone's storage did not take its keys. */
import type { Keep } from '@countersign/device'

/** Thrown before the server was asked to put them in force. */
export class KeysNotKept extends Error {
  constructor(cause: unknown) {
    super('The storage did not take the keys.', { cause })
    this.name = 'KeysNotKept'
  }
}

/** Keeps as `keep` does, and throws `KeysNotKept` whatever went wrong. */
export const orNotKept =
  (keep: Keep): Keep =>
  (stored) =>
    keep(stored).catch((cause: unknown) => {
      throw new KeysNotKept(cause)
    })
