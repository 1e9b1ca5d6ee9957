/** For tests: the app built as it is shipped, and a browser to run it in. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const folders = (process.env.PATH ?? '').split(delimiter)

/** Where the system's Chromium is, or undefined. */
export const chromiumPath = folders.map((folder) => join(folder, 'chromium')).find((path) => existsSync(path))

const quiet = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-gpu',
]

export function launchBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('There is no Chromium on the PATH.')
  return chromium.launch({ executablePath: chromiumPath, args: quiet })
}

/** Builds the app into a folder of its own; `remove` deletes it. */
export function buildApp(): { readonly directory: string; readonly remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-phone-'))
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  const built = spawnSync(
    process.execPath,
    [vite, 'build', '--logLevel', 'warn', '--outDir', directory, '--emptyOutDir'],
    { cwd: dirname(import.meta.dirname), env: { ...process.env, NODE_ENV: 'production' }, encoding: 'utf8' },
  )
  if (built.status !== 0) throw new Error(`The app could not be built: ${built.stderr}`)
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) }
}
