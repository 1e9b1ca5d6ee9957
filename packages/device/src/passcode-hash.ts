/** The passcode's hash, for whoever runs it: a worker in a browser, a process at a command line. */
import { argon2id } from 'hash-wasm'
import type { PasscodeHash } from './passcode-lock.ts'

/** Argon2id with 64 MiB, 3 passes, 1 lane, 32 bytes (RFC 9106, protocol section 4 step 5). */
export const argon2idPasscodeHash: PasscodeHash = (passcode, salt) =>
  argon2id({
    password: passcode,
    salt,
    memorySize: 65_536,
    iterations: 3,
    parallelism: 1,
    hashLength: 32,
    outputType: 'binary',
  })
