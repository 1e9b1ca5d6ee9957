import { describe, expect, test } from 'vitest'
import { lastLine, type Report, tallyOf } from './tally.ts'

const green: Report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] }

describe('the last line of npm test', () => {
  test('names what was skipped only where something was', () => {
    expect(lastLine(tallyOf(green, 0))).toBe('3 passed, 0 failed')
    expect(lastLine(tallyOf({ ...green, numPendingTests: 1, numTodoTests: 1 }, 0))).toBe(
      '3 passed, 0 failed, 2 skipped',
    )
  })

  test('counts a file that cannot be loaded as a failure', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{}] },
    ]
    expect(lastLine(tallyOf({ ...green, numFailedTests: 1, testResults }, 1))).toBe('3 passed, 2 failed')
  })

  test('is never green when the run failed outside a test, ended early, or ran nothing', () => {
    expect(tallyOf(green, 1).failed).toBe(1)
    expect(tallyOf(null, 0).failed).toBe(1)
    expect(tallyOf({ ...green, numPassedTests: 0, numPendingTests: 4 }, 0).failed).toBe(1)
  })
})
