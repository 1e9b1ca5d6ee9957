/** Passwords: Argon2id (RFC 9106), computed off the main thread. */
import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

export interface Passwords {
  /** The hash in PHC format, with its salt and parameters. */
  hash(password: string): Promise<string>
  /**
   * Whether `password` is the one that was hashed. With null (there is no such account) the answer is false after
   * the same work, so that time does not tell which.
   */
  verify(passwordHash: string | null, password: string): Promise<boolean>
}

export interface PasswordCost {
  /** KiB */
  readonly memoryCost: number
  readonly timeCost: number
  readonly parallelism: number
}

/** The OWASP Password Storage Cheat Sheet's first choice for Argon2id. */
const passwordCost: PasswordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Passwords are compared in NFC (RFC 8265 section 4.2.2): keyboards compose letters in different ways. */
export function argon2Passwords(cost: PasswordCost = passwordCost): Passwords {
  const nobodys = hash(randomBytes(32), cost)
  return {
    hash: (password) => hash(password.normalize('NFC'), cost),
    async verify(passwordHash, password) {
      const right = await verify(passwordHash ?? (await nobodys), password.normalize('NFC'))
      return right && passwordHash !== null
    },
  }
}
