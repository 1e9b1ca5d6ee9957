import { describe, expect, test } from 'vitest'
import { asClock, isSpoken, partLeft, secondsLeft, untilNextSecond } from './countdown.ts'

describe('a countdown', () => {
  test('counts begun seconds, and stops at zero', () => {
    expect(secondsLeft(90_000, 0)).toBe(90)
    expect(secondsLeft(90_000, 1)).toBe(90)
    expect(secondsLeft(90_000, 1000)).toBe(89)
    expect(secondsLeft(90_000, 89_999)).toBe(1)
    expect(secondsLeft(90_000, 90_000)).toBe(0)
    expect(secondsLeft(90_000, 200_000)).toBe(0)
  })

  test('wakes when the figure changes, not before and not twice', () => {
    for (const now of [0, 1, 250, 999, 1000, 88_400]) {
      const wait = untilNextSecond(90_000, now)
      expect(secondsLeft(90_000, now + wait)).toBe(secondsLeft(90_000, now) - 1)
      expect(secondsLeft(90_000, now + wait - 1)).toBe(secondsLeft(90_000, now))
    }
  })

  test('is a ring from full to empty', () => {
    expect(partLeft(90, 90)).toBe(1)
    expect(partLeft(45, 90)).toBe(0.5)
    expect(partLeft(0, 90)).toBe(0)
    expect(partLeft(120, 90)).toBe(1)
    expect(partLeft(5, 0)).toBe(0)
  })

  test('reads as minutes and seconds', () => {
    expect(asClock(90)).toBe('1:30')
    expect(asClock(9)).toBe('0:09')
  })

  test('is said aloud a few times only', () => {
    expect(Array.from({ length: 91 }, (_, seconds) => seconds).filter(isSpoken)).toEqual([10, 30, 60])
  })
})
