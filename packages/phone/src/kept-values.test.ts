import { describe, expect, test } from 'vitest'
import { exampleStoredDevice } from './examples.ts'
import { parseServerFacts, parseStoredDevice } from './kept-values.ts'

const stored = await exampleStoredDevice()

describe('what is kept', () => {
  test('comes back as it was', () => {
    expect(parseStoredDevice(stored)).toEqual(stored)
    expect(parseStoredDevice(structuredClone(stored))).toMatchObject({ device: stored.device, name: stored.name })
  })

  test('holds keys that cannot be exported', async () => {
    const { keyPair, lock } = parseStoredDevice(structuredClone(stored))
    await expect(crypto.subtle.exportKey('jwk', keyPair.privateKey)).rejects.toThrow()
    await expect(crypto.subtle.exportKey('raw', lock.sealKey)).rejects.toThrow()
  })

  test('before there was fingerprint or face is of a phone that has a passcode and nothing under way', () => {
    const { biometricLock: _none, unfinished: _done, renewal: _first, pending: _nothing, ...old } = stored
    expect(parseStoredDevice(old)).toEqual(stored)
  })

  test('with copies of a new secret comes back with them', () => {
    const iv = new Uint8Array(12)
    const biometricLock = { kind: 'face', credential: 'c'.repeat(22), salt: iv, iv, sealed: iv }
    const pending = { renewal: `rnw_${'r'.repeat(22)}`, expires: 1, lock: stored.lock, biometricLock }
    const kept = { ...stored, biometricLock, renewal: pending.renewal, pending }
    expect(parseStoredDevice(kept)).toEqual(kept)
  })

  test.each(['issuer', 'device', 'account', 'keyPair', 'lock', 'documentKeys', 'thumbprint'] as const)(
    'is refused without %s, rather than taken for an unlinked phone',
    (member) => {
      expect(() => parseStoredDevice({ ...stored, [member]: undefined })).toThrow()
    },
  )

  test('is refused when a key is no key', () => {
    expect(() => parseStoredDevice({ ...stored, keyPair: { privateKey: {}, publicKey: {} } })).toThrow()
    expect(() => parseStoredDevice({ ...stored, documentKeys: [] })).toThrow()
    expect(() => parseStoredDevice(undefined)).toThrow()
  })

  test('of the server is where it is and how to find support', () => {
    const facts = { api: 'https://id.strand.example', name: 'Strand ID', supportEmail: 'support@strand.example' }
    expect(parseServerFacts(facts)).toEqual(facts)
    expect(() => parseServerFacts({ ...facts, api: 'nowhere' })).toThrow()
  })
})
