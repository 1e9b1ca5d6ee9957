import { describe, expect, test } from 'vitest'
import { armingTime, pressCounts, untilArmed } from './arming.ts'

describe('a button that decides', () => {
  test('waits half a second after it appeared', () => {
    expect(armingTime).toBe(500)
    expect(untilArmed(1000, 1000)).toBe(500)
    expect(untilArmed(1000, 1499)).toBe(1)
    expect(untilArmed(1000, 1500)).toBe(0)
  })

  test('takes a press that lies wholly after the wait', () => {
    expect(pressCounts(1000, 1500, 1600)).toBe(true)
  })

  test('takes no press that began before it, however long the finger stays', () => {
    expect(pressCounts(1000, 1499, 3000)).toBe(false)
    expect(pressCounts(1000, 900, 3000)).toBe(false)
  })

  test('takes no press whose begin was never seen', () => {
    expect(pressCounts(1000, 0, 3000)).toBe(false)
  })

  test('takes no press during which the content changed', () => {
    expect(pressCounts(1700, 1600, 1750)).toBe(false)
  })
})
