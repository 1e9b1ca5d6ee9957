import { DeviceId } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import { systemRandom } from './random.ts'

describe('random', () => {
  test('bytes are as many as asked for, and other ones each time', () => {
    expect(systemRandom.bytes(32)).toHaveLength(32)
    expect(systemRandom.bytes(32)).not.toEqual(systemRandom.bytes(32))
    expect(systemRandom.bytes(8).constructor).toBe(Uint8Array)
  })

  test('bytes share their memory with nothing', () => {
    expect(systemRandom.bytes(8).buffer.byteLength).toBe(8)
  })

  test('ids have the shape that the protocol parses', () => {
    expect(DeviceId.safeParse(systemRandom.id('dev')).success).toBe(true)
    expect(systemRandom.id('dev')).not.toBe(systemRandom.id('dev'))
  })

  test('digits are as many as asked for, and each as likely as the others in every place', () => {
    const counts = Array.from({ length: 6 }, () => new Array<number>(10).fill(0))
    const draws = 20_000
    for (let draw = 0; draw < draws; draw += 1) {
      const digits = systemRandom.digits(6)
      expect(digits).toMatch(/^\d{6}$/)
      for (const [place, digit] of [...digits].entries()) {
        const count = counts[place]
        if (count) count[Number(digit)] = (count[Number(digit)] ?? 0) + 1
      }
    }
    // Six standard deviations: by chance once in a hundred million runs.
    const spread = 6 * Math.sqrt(draws * 0.1 * 0.9)
    for (const count of counts.flat()) expect(Math.abs(count - draws / 10)).toBeLessThan(spread)
  })
})
