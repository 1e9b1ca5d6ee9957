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
