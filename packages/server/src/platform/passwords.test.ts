import { describe, expect, test } from 'vitest'
import { argon2Passwords } from './passwords.ts'

const cheap = argon2Passwords({ memoryCost: 64, timeCost: 1, parallelism: 1 })

describe('passwords', () => {
  test('are hashed by Argon2id at the cost that OWASP asks for, unless told otherwise', async () => {
    expect(await argon2Passwords().hash('morgonbris')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await cheap.hash('morgonbris')).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/)
  })

  test('are salted: two hashes of one password differ', async () => {
    expect(await cheap.hash('morgonbris')).not.toBe(await cheap.hash('morgonbris'))
  })

  test('are right or wrong', async () => {
    const hash = await cheap.hash('morgonbris')
    expect(await cheap.verify(hash, 'morgonbris')).toBe(true)
    expect(await cheap.verify(hash, 'Morgonbris')).toBe(false)
    expect(await cheap.verify(hash, '')).toBe(false)
  })

  test('are right however the letters are composed', async () => {
    const hash = await cheap.hash('p\u00e5 sj\u00f6n')
    expect(await cheap.verify(hash, 'pa\u030a sjo\u0308n')).toBe(true)
  })

  test('of nobody are always wrong', async () => {
    expect(await cheap.verify(null, 'morgonbris')).toBe(false)
  })

  test('of nobody cost what those of somebody do', async () => {
    // Slow enough that the one Argon2 is all there is to see: none at all would be hundreds of times faster.
    const dear = argon2Passwords({ memoryCost: 65_536, timeCost: 3, parallelism: 1 })
    const hash = await dear.hash('morgonbris')
    const cpuOf = async (passwordHash: string | null) => {
      const before = process.cpuUsage()
      await dear.verify(passwordHash, 'other')
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    const somebody = await cpuOf(hash)
    expect(await cpuOf(null)).toBeGreaterThan(somebody / 5)
  })

  test('with a hash that is none are a fault, not an answer', async () => {
    await expect(cheap.verify('not a hash', 'morgonbris')).rejects.toThrow()
  })
})
