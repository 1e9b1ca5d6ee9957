import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDevice, type StoredDevice } from '@countersign/device'
import {
  AccountId,
  codeKeyOf,
  DeviceId,
  generateSigningKey,
  publicJwkOf,
  RenewalId,
  sha256,
  thumbprintOf,
  typedResponse,
  utf8,
} from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import { loadDevice, saveDevice, stateExists } from './state-file.ts'

const passcodeHash = async (passcode: string, salt: Uint8Array) => sha256(Uint8Array.of(...utf8(passcode), ...salt))
const secret = new Uint8Array(32).fill(7)
const now = 1_767_225_600_000

async function createStored(): Promise<StoredDevice> {
  const keyPair = await generateSigningKey({ extractable: true })
  const publicJwk = await publicJwkOf(keyPair.publicKey)
  const salt = new Uint8Array(16).fill(1)
  const iv = new Uint8Array(12).fill(2)
  const sealKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt'])
  const mask = await passcodeHash('482913', salt)
  const masked = Uint8Array.from(secret, (byte, index) => byte ^ (mask[index] ?? 0))
  return {
    issuer: 'https://countersign.example',
    device: DeviceId.parse(`dev_${'d'.repeat(22)}`),
    account: { id: AccountId.parse(`acc_${'a'.repeat(22)}`), email: 'anna@strand.example', name: 'Anna Lind' },
    name: 'Virtual phone',
    keyPair,
    publicJwk,
    thumbprint: thumbprintOf(publicJwk),
    lock: {
      salt,
      iv,
      sealed: new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, sealKey, masked)),
      sealKey,
    },
    biometricLock: null,
    documentKeys: [publicJwk],
    clockOffset: -1234,
    linkedAt: now,
    unfinished: false,
    renewal: null,
    pending: null,
  }
}

const createPath = async () => join(await mkdtemp(join(tmpdir(), 'countersign-state-')), 'phone.json')

describe('the state file', () => {
  test('can be read by its owner alone, from its first byte on', async () => {
    const path = await createPath()
    await saveDevice(path, await createStored())
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await saveDevice(path, await createStored())
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(path, '..'))).toEqual(['phone.json'])
  })

  test('gives the same phone back', async () => {
    const path = await createPath()
    const stored = await createStored()
    await saveDevice(path, stored)
    const loaded = await loadDevice(path)
    const { keyPair: _one, lock: _two, ...rest } = stored
    expect(loaded).toMatchObject(rest)
    const device = openDevice(loaded, { appVersion: '1.0.0', passcodeHash, now: () => now })
    const { response } = await device.responseFor('48213907', '482913')
    expect(response).toBe(typedResponse(codeKeyOf(secret), '48213907', now - 1234))
  })

  test('gives back what a renewal left unsettled', async () => {
    const path = await createPath()
    const stored = await createStored()
    const renewal = RenewalId.parse(`rnw_${'r'.repeat(22)}`)
    const { lock } = await createStored()
    const pending = { renewal, expires: now + 300_000, lock, biometricLock: null }
    await saveDevice(path, { ...stored, unfinished: true, pending })
    const loaded = await loadDevice(path)
    expect(loaded).toMatchObject({ unfinished: true, pending: { renewal, expires: now + 300_000 } })
    expect(loaded.pending?.lock.sealed).toEqual(lock.sealed)
  })

  test('of a phone that was linked before there were renewals is read', async () => {
    const path = await createPath()
    await saveDevice(path, await createStored())
    const { unfinished: _one, renewal: _two, pending: _three, ...old } = JSON.parse(await readFile(path, 'utf8'))
    await writeFile(path, JSON.stringify(old))
    expect(await loadDevice(path)).toMatchObject({ unfinished: false, renewal: null, pending: null })
  })

  test('holds no passcode, and not the unlock secret', async () => {
    const path = await createPath()
    await saveDevice(path, await createStored())
    const text = await readFile(path, 'utf8')
    expect(text).not.toContain('482913')
    expect(text).not.toContain(Buffer.from(secret).toString('base64url'))
  })

  test('is refused when others can read it', async () => {
    const path = await createPath()
    await saveDevice(path, await createStored())
    await chmod(path, 0o640)
    await expect(loadDevice(path)).rejects.toThrow('chmod 600')
  })

  test('is refused when it is damaged, and left as it is', async () => {
    const path = await createPath()
    await saveDevice(path, await createStored())
    const damaged = (await readFile(path, 'utf8')).replace('"version": 1', '"version": 2')
    await writeFile(path, damaged)
    await expect(loadDevice(path)).rejects.toThrow('damaged')
    expect(await readFile(path, 'utf8')).toBe(damaged)
  })

  test('that is not there is said to be so', async () => {
    const path = await createPath()
    expect(await stateExists(path)).toBe(false)
    await expect(loadDevice(path)).rejects.toThrow('countersign phone link')
  })

  test('that cannot be written is said to be so', async () => {
    await expect(saveDevice('/proc/nowhere/phone.json', await createStored())).rejects.toThrow('cannot be written')
  })
})
