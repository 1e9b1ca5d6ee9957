import { describe, expect, test, vi } from 'vitest'
import { createWakeups } from './wakeups.ts'

describe('wake-ups', () => {
  test('reach all who subscribed to the topic, and nobody else', () => {
    const wakeups = createWakeups()
    const [first, second, other] = [vi.fn(), vi.fn(), vi.fn()]
    wakeups.subscribe('approval:1', first)
    wakeups.subscribe('approval:1', second)
    wakeups.subscribe('approval:2', other)
    wakeups.publish('approval:1')
    expect(first).toHaveBeenCalledOnce()
    expect(second).toHaveBeenCalledOnce()
    expect(other).not.toHaveBeenCalled()
  })

  test('carry nothing', () => {
    const wakeups = createWakeups()
    const fn = vi.fn()
    wakeups.subscribe('device:1', fn)
    wakeups.publish('device:1')
    expect(fn).toHaveBeenCalledWith()
  })

  test('stop for whoever stops, and only for them', () => {
    const wakeups = createWakeups()
    const fn = vi.fn()
    const stopFirst = wakeups.subscribe('device:1', fn)
    wakeups.subscribe('device:1', fn)
    stopFirst()
    stopFirst()
    wakeups.publish('device:1')
    expect(fn).toHaveBeenCalledOnce()
  })

  test('reach the others when one subscriber stops, or another starts, within the call', () => {
    const wakeups = createWakeups()
    const [late, last] = [vi.fn(), vi.fn()]
    const stop = wakeups.subscribe('device:1', () => {
      stop()
      wakeups.subscribe('device:1', late)
    })
    wakeups.subscribe('device:1', last)
    wakeups.publish('device:1')
    expect(last).toHaveBeenCalledOnce()
    expect(late).not.toHaveBeenCalled()
    wakeups.publish('device:1')
    expect(late).toHaveBeenCalledOnce()
  })
})
