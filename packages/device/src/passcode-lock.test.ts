import { sha256, utf8 } from '@countersign/protocol'
import { expect, test } from 'vitest'
import { lockSecret, openLock, type PasscodeHash } from './passcode-lock.ts'

const passcodeHash: PasscodeHash = async (passcode, salt) => sha256(Uint8Array.of(...utf8(passcode), ...salt))
const secret = Uint8Array.from({ length: 32 }, (_, index) => index * 7)

test('the right passcode opens the lock to the secret', async () => {
  const lock = await lockSecret(secret, '482917', { passcodeHash, extractable: false })
  expect(await openLock(lock, '482917', passcodeHash)).toEqual(secret)
})

test('the key of the lock cannot be exported in a browser', async () => {
  const lock = await lockSecret(secret, '482917', { passcodeHash, extractable: false })
  await expect(crypto.subtle.exportKey('raw', lock.sealKey)).rejects.toThrow()
})

test('abuse-32: what is stored tells nothing about a passcode: fifty wrong ones and the right one look alike', async () => {
  const lock = await lockSecret(secret, '482917', { passcodeHash, extractable: false })
  const dump = structuredClone(lock)
  const tried = ['482917', ...Array.from({ length: 50 }, (_, number) => String(300_000 + number * 7919))]
  const opened = await Promise.all(tried.map((passcode) => openLock(dump, passcode, passcodeHash)))
  for (const bytes of opened) expect(bytes).toHaveLength(32)
  expect(new Set(opened.map(String)).size).toBe(tried.length)
  // Nothing but the masked secret is sealed: no room for a check value, 16 bytes of it being the tag of AES-GCM.
  expect(dump.sealed).toHaveLength(32 + 16)
  expect(Object.keys(dump).toSorted()).toEqual(['iv', 'salt', 'sealKey', 'sealed'])
})

test('the same passcode locks the same secret differently each time', async () => {
  const one = await lockSecret(secret, '482917', { passcodeHash, extractable: false })
  const other = await lockSecret(secret, '482917', { passcodeHash, extractable: false })
  expect(one.salt).not.toEqual(other.salt)
  expect(one.iv).not.toEqual(other.iv)
})

test('a lock that was damaged opens to nothing, whatever the passcode', async () => {
  const lock = await lockSecret(secret, '482917', { passcodeHash, extractable: false })
  const sealed = lock.sealed.with(0, (lock.sealed[0] ?? 0) ^ 1)
  await expect(openLock({ ...lock, sealed }, '482917', passcodeHash)).rejects.toThrow()
})

test('a hash that is not 32 bytes long is refused, so that no part of the secret stays open', async () => {
  const short: PasscodeHash = async () => new Uint8Array(16)
  await expect(lockSecret(secret, '482917', { passcodeHash: short, extractable: false })).rejects.toThrow(TypeError)
})
