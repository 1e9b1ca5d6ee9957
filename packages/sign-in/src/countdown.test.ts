import { describe, expect, test } from 'vitest'
import { asClock, partLeft, passesMark, secondsLeft, untilNextSecond } from './countdown.ts'

// The server's clock is an hour ahead of the page's monotonic one.
const offset = 3_600_000
const expires = offset + 90_000

describe('counting down by the server’s clock', () => {
  test.each([
    [0, 90],
    [1, 90],
    [999, 90],
    [1_000, 89],
    [89_001, 1],
    [90_000, 0],
    [500_000, 0],
  ])('after %i ms %i seconds remain', (now, seconds) => {
    expect(secondsLeft(expires, offset, now)).toBe(seconds)
  })

  test.each([0, 1, 400.4, 999, 1_000, 60_500, 89_999])(
    'the next tick after %d ms changes the figure, and not before',
    (now) => {
      const next = now + untilNextSecond(expires, offset, now)
      expect(secondsLeft(expires, offset, next)).toBe(secondsLeft(expires, offset, now) - 1)
      expect(secondsLeft(expires, offset, next - 1.001)).toBe(secondsLeft(expires, offset, now))
    },
  )

  test('a timer always moves on', () => {
    expect(untilNextSecond(expires, offset, 95_000)).toBeGreaterThanOrEqual(1)
  })

  test('the ring is full at the whole, empty at none, and never more than full', () => {
    expect([90, 45, 0, 120].map((seconds) => partLeft(seconds, 90))).toEqual([1, 0.5, 0, 1])
  })

  test('figures are minutes and seconds', () => {
    expect([0, 9, 60, 87, 300].map(asClock)).toEqual(['0:00', '0:09', '1:00', '1:27', '5:00'])
  })
})

describe('the spoken mark', () => {
  test('is said once, in the tick that passes it', () => {
    expect(passesMark(31, 30, 30)).toBe(true)
    expect(passesMark(30, 29, 30)).toBe(false)
    expect(passesMark(33, 28, 30)).toBe(true)
  })

  test('is not said when a new round begins, or when the time is up', () => {
    expect(passesMark(0, 90, 30)).toBe(false)
    expect(passesMark(31, 0, 30)).toBe(false)
  })
})
