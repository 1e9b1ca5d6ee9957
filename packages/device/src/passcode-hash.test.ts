import { toHex } from '@countersign/protocol'
import { expect, test } from 'vitest'
import { argon2idPasscodeHash } from './passcode-hash.ts'

test('the passcode is hashed by Argon2id with 64 MiB, 3 passes, 1 lane, 32 bytes', async () => {
  const salt = Uint8Array.from({ length: 16 }, (_, index) => index)
  // From OpenSSL's Argon2id, by crypto.argon2Sync of Node 24.
  const expected = '9c29efdbd95bf43c3f50fec54e1837002c6afa4ffbaf645c239319d17a331efe'
  expect(toHex(await argon2idPasscodeHash('482917', salt))).toBe(expected)
})
