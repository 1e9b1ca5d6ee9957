import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from './clock.ts'

describe("the system's clock", () => {
  const start = Date.UTC(2026, 2, 10, 12)

  beforeEach(() => {
    vi.useFakeTimers({ now: start })
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  test('says the time of day in milliseconds', () => {
    expect(systemClock.now()).toBe(start)
  })

  test('calls when the time has come, once, and not before', () => {
    const fn = vi.fn()
    systemClock.at(start + 90_000, fn)
    vi.advanceTimersByTime(89_999)
    expect(fn).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(fn).toHaveBeenCalledOnce()
    vi.advanceTimersByTime(1_000_000)
    expect(fn).toHaveBeenCalledOnce()
  })

  test('calls soon, and not at once, for a time that has passed', () => {
    const fn = vi.fn()
    systemClock.at(start - 1, fn)
    expect(fn).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(fn).toHaveBeenCalledOnce()
  })

  test('waits longer than a timer of the system can', () => {
    const fn = vi.fn()
    const hundredDays = 100 * 24 * 60 * 60 * 1_000
    systemClock.at(start + hundredDays, fn)
    vi.advanceTimersByTime(hundredDays - 1)
    expect(fn).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(fn).toHaveBeenCalledOnce()
  })

  test('calls nobody who has cancelled, also in a long wait', () => {
    const fn = vi.fn()
    const cancel = systemClock.at(start + 2 ** 32, fn)
    vi.advanceTimersByTime(2 ** 31)
    cancel()
    vi.advanceTimersByTime(2 ** 32)
    expect(fn).not.toHaveBeenCalled()
  })

  test('waits on when the time of day was set back', () => {
    const fn = vi.fn()
    systemClock.at(start + 1_000, fn)
    vi.setSystemTime(start - 60_000)
    vi.advanceTimersByTime(1_000)
    expect(fn).not.toHaveBeenCalled()
    vi.advanceTimersByTime(60_000)
    expect(fn).toHaveBeenCalledOnce()
  })

  test('does not keep the process alive', () => {
    vi.useRealTimers()
    const before = process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
    const cancel = systemClock.at(Date.now() + 60_000, () => {})
    const after = process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
    cancel()
    expect(after).toBe(before)
  })
})
