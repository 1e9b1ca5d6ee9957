import { expect, test } from 'vitest'
import { openingEntries } from './account-store.ts'

test.each([0, 1, 4_825_050, -5_000])('the entries that an account begins with add up to %i öre', (balance) => {
  const entries = openingEntries(balance, Date.UTC(2026, 10, 22))
  expect(entries.reduce((sum, { amount }) => sum + amount, 0)).toBe(balance)
  expect(entries.map(({ bookedAt }) => bookedAt)).toEqual(entries.map(({ bookedAt }) => bookedAt).sort())
})
