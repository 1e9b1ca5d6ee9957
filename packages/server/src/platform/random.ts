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

export const systemRandom: Random = {
  bytes: (n) => new Uint8Array(randomBytes(n)),
  id: (prefix) => `${prefix}_${toBase64url(new Uint8Array(randomBytes(16)))}`,
  digits: (n) => String(randomInt(10 ** n)).padStart(n, '0'),
}
