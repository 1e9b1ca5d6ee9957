import { expect, test } from 'vitest'
import { retryAfterOf } from './retry-after.ts'

test('how long to wait is heard in seconds and as a moment', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  const after = (header: string | undefined) => retryAfterOf({ status: 429, headers: { 'retry-after': header } }, now)
  expect(after('7')).toBe(7_000)
  expect(after('Thu, 01 Jan 2026 00:00:30 GMT')).toBe(30_000)
  expect(after('Wed, 31 Dec 2025 00:00:00 GMT')).toBe(0)
  expect(after('soon')).toBeNull()
  expect(after(undefined)).toBeNull()
})
