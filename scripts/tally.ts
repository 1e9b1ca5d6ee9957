/** How a run of the tests ended, in one line. */

export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** What is read of Vitest's JSON report. */
export interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

/**
 * Counts a report. A file that fails before its first test counts as one failure; so does a run that fails anywhere
 * else, or that had no test to run.
 *
 * @param report null when there is none, because the run ended too early
 * @param exitCode of the run
 */
export function tallyOf(report: Report | null, exitCode: number): Tally {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 }
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  const passed = report.numPassedTests
  const failed = report.numFailedTests + broken.length
  const silentFault = failed === 0 && (exitCode !== 0 || passed === 0)
  return { passed, failed: silentFault ? 1 : failed, skipped: report.numPendingTests + report.numTodoTests }
}

/** `N passed, N failed`, with `, N skipped` where something was. */
export function lastLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
