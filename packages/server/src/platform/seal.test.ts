import { utf8 } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import { createSeal, SealBroken } from './seal.ts'

const [first, second] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
const secret = utf8('the unlock secret')

describe('a sealed value', () => {
  const seal = createSeal([first])

  test('opens to what was sealed, the empty value too', () => {
    expect(seal.open(seal.seal(secret, 'dev_1'), 'dev_1')).toEqual(secret)
    expect(seal.open(seal.seal(new Uint8Array(0), 'dev_1'), 'dev_1')).toEqual(new Uint8Array(0))
  })

  test('is key id, nonce, ciphertext and tag, and never the same twice', () => {
    const sealed = seal.seal(secret, 'dev_1')
    expect(sealed).toHaveLength(8 + 12 + secret.length + 16)
    expect(sealed).not.toEqual(seal.seal(secret, 'dev_1'))
    expect(sealed.subarray(0, 8)).toEqual(seal.seal(utf8('other'), 'dev_2').subarray(0, 8))
  })

  test('does not open where it does not belong', () => {
    expect(() => seal.open(seal.seal(secret, 'dev_1'), 'dev_2')).toThrow(SealBroken)
  })

  test('does not open when any byte of it was changed, or some are missing', () => {
    const sealed = seal.seal(secret, 'dev_1')
    for (const index of sealed.keys()) {
      const changed = sealed.map((byte, at) => (at === index ? byte ^ 1 : byte))
      expect(() => seal.open(changed, 'dev_1')).toThrow(SealBroken)
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => seal.open(sealed.subarray(0, length), 'dev_1')).toThrow(SealBroken)
    }
  })

  test('does not open with another master key', () => {
    expect(() => createSeal([second]).open(seal.seal(secret, 'dev_1'), 'dev_1')).toThrow(SealBroken)
  })

  test('opens after a rotation, when the new key seals', () => {
    const old = seal.seal(secret, 'dev_1')
    const rotated = createSeal([second, first])
    expect(rotated.open(old, 'dev_1')).toEqual(secret)
    expect(createSeal([second]).open(rotated.seal(secret, 'dev_1'), 'dev_1')).toEqual(secret)
  })
})

describe('derived keys', () => {
  test('are 32 bytes, one for each label and master key, the same on every start', () => {
    const seal = createSeal([first])
    expect(seal.derive('a')).toHaveLength(32)
    expect(seal.derive('a')).toEqual(createSeal([first]).derive('a'))
    expect(seal.derive('a')).not.toEqual(seal.derive('b'))
    expect(seal.derive('a')).not.toEqual(createSeal([second]).derive('a'))
  })

  test('come from the newest master key, and from the older ones where asked', () => {
    const rotated = createSeal([second, first])
    expect(rotated.derive('a')).toEqual(createSeal([second]).derive('a'))
    expect(rotated.deriveAll('a')).toEqual([createSeal([second]).derive('a'), createSeal([first]).derive('a')])
  })
})
