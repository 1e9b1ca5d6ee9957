/** Randomness for secrets, ids and codes. Nothing else in the server asks the system for it. */
import { randomBytes, randomInt } from 'node:crypto'
import { toBase64url } from '@countersign/protocol'

export interface Random {
  /** `n` bytes that nobody can guess. */
  bytes(n: number): Uint8Array
  /** `prefix_` and 16 random bytes in base64url, the shape of all ids of the protocol. */
  id(prefix: string): string
  /** `n` decimal digits, every one of the 10^n numbers equally likely, zeros in front included. `n` is 14 at most. */
  digits(n: number): string
}

const idLength = 16
const idsAtOnce = 128
let idBytes = new Uint8Array()
let idBytesTaken = 0

// Drawn many at once, as `crypto.randomUUID` does: every request has an id. Each byte is used once.
function takeIdBytes(): Uint8Array {
  if (idBytesTaken === idBytes.length) {
    idBytes = new Uint8Array(randomBytes(idLength * idsAtOnce))
    idBytesTaken = 0
  }
  idBytesTaken += idLength
  return idBytes.subarray(idBytesTaken - idLength, idBytesTaken)
}

export const systemRandom: Random = {
  bytes: (n) => new Uint8Array(randomBytes(n)),
  id: (prefix) => `${prefix}_${toBase64url(takeIdBytes())}`,
  digits: (n) => String(randomInt(10 ** n)).padStart(n, '0'),
}
