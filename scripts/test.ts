/**
 * `npm test`: every test there is, browsers and PostgreSQL included. `npm test -- packages/protocol` runs a part.
 *
 * The last line is `N passed, N failed`, with `, N skipped` where something was; the exit code says the same.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildPages } from './pages.ts'
import { root } from './root.ts'
import { installSystemPackages, leavingOut, notRun } from './system-packages.ts'
import { lastLine, type Tally, tallyOf } from './tally.ts'

async function runVitest(args: readonly string[]): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-tests-'))
  const reportFile = join(folder, 'report.json')
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], { cwd: root, stdio: 'inherit' })
  // Ctrl-C reaches Vitest by itself, and ends it in an orderly way; this process waits for that.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const exitCode = await new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
  try {
    return tallyOf(existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : null, exitCode)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function test(args: readonly string[]): Promise<Tally> {
  const missing = installSystemPackages()
  if (!(await buildPages())) return tallyOf(null, 1)
  const tally = await runVitest([...leavingOut(missing), ...args])
  for (const sentence of notRun(missing)) console.log(sentence)
  return tally
}

const tally = await test(process.argv.slice(2))
console.log(lastLine(tally))
if (tally.failed > 0 || tally.passed === 0) process.exitCode = 1
