import { describe, expect, test } from 'vitest'
import { TestClock } from './test-clock.ts'

describe('a test clock', () => {
  test('stands still until it is moved', async () => {
    const clock = new TestClock(1_000)
    expect(clock.now()).toBe(1_000)
    await clock.advance(90_000)
    expect(clock.now()).toBe(91_000)
  })

  test('fires what is due in the order of the times, showing each its time', async () => {
    const clock = new TestClock(0)
    const fired: [string, number][] = []
    for (const at of [30, 10, 20, 41]) clock.at(at, () => fired.push([`at ${at}`, clock.now()]))
    await clock.advance(40)
    expect(fired).toEqual([
      ['at 10', 10],
      ['at 20', 20],
      ['at 30', 30],
    ])
    expect(clock.now()).toBe(40)
  })

  test('fires what a timer sets on the way, and not what one cancels', async () => {
    const clock = new TestClock(0)
    const fired: string[] = []
    const cancel = clock.at(30, () => fired.push('cancelled'))
    clock.at(10, () => {
      cancel()
      clock.at(20, () => fired.push(`second at ${clock.now()}`))
    })
    await clock.advance(40)
    expect(fired).toEqual(['second at 20'])
  })

  test('fires a timer once, and one for a time that has passed at the next move', async () => {
    const clock = new TestClock(100)
    let fired = 0
    clock.at(50, () => (fired += 1))
    expect(fired).toBe(0)
    await clock.advance(0)
    await clock.advance(1_000)
    expect(fired).toBe(1)
  })

  test('tells those who follow it before anything happens at the new time', async () => {
    const clock = new TestClock(0)
    let followed = -1
    const seen: number[] = []
    await clock.onMove(async (now) => {
      await Promise.resolve()
      followed = now
    })
    expect(followed).toBe(0)
    clock.at(10, () => seen.push(followed))
    await clock.advance(15)
    expect([...seen, followed]).toEqual([10, 15])
  })
})
