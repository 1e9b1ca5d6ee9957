import { describe, expect, test } from 'vitest'
import { outcomeOf, pauseAfter, triedFor } from './webhook.ts'

const hour = 3_600_000
const after = (attempts: number, other: Partial<Parameters<typeof pauseAfter>[1]> = {}) =>
  pauseAfter(attempts, { chance: 0, asked: null, left: triedFor, ...other })

describe('the pause after a failure', () => {
  test('grows from five seconds to twenty hours, and after ten attempts there is none', () => {
    const pauses = Array.from({ length: 10 }, (_, index) => after(index + 1))
    const [first, second, third, ...hours] = pauses
    expect([first, second, third]).toEqual([5_000, 300_000, 1_800_000])
    expect(hours).toEqual([2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 20 * hour, null])
  })

  test('makes ten attempts within three days', () => {
    let left = triedFor
    for (let attempts = 1; attempts <= 9; attempts++) left -= after(attempts, { left }) ?? Number.NaN
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(hour)
  })

  test('is up to a fifth shorter by chance', () => {
    expect([0, 0.5, 1].map((chance) => after(3, { chance }))).toEqual([1_800_000, 1_620_000, 1_440_000])
  })

  test('is as long as the receiver asks for, where that is longer, up to a day', () => {
    expect([1_000, 60_000, 100 * hour].map((asked) => after(1, { asked }))).toEqual([5_000, 60_000, 24 * hour])
  })

  test('is none where it would be later than three days', () => {
    expect(after(1, { left: 5_000 })).toBe(5_000)
    expect(after(1, { left: 4_999 })).toBeNull()
    expect(after(1, { asked: 6_000, left: 5_999 })).toBeNull()
    expect(after(1, { left: -1 })).toBeNull()
  })
})

test.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [299, 'delivered'],
  [101, 'failed'],
  [301, 'failed'],
  [307, 'failed'],
  [400, 'failed'],
  [404, 'failed'],
  [410, 'gone'],
  [429, 'failed'],
  [500, 'failed'],
  [null, 'failed'],
] as const)('an answer of %s is: %s', (status, outcome) => {
  expect(outcomeOf(status)).toBe(outcome)
})
