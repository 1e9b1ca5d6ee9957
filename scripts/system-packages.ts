/** The two things that the tests need and npm does not bring: a browser and PostgreSQL. */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface SystemPackage {
  /** Its name in Debian's archive. */
  readonly name: 'chromium' | 'postgresql'
  /** The tests that cannot run without it. */
  readonly suites: string
  readonly present: () => boolean
}

function onPath(...names: readonly string[]): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.some((folder) => names.some((name) => existsSync(join(folder, name))))
}

const systemPackages: readonly SystemPackage[] = [
  {
    name: 'chromium',
    suites: 'everything in a real browser (end to end, and the pages of sign-in and Strand)',
    present: () => onPath('chromium', 'chromium-browser'),
  },
  {
    name: 'postgresql',
    suites: 'the stores and the races on PostgreSQL',
    present: () => onPath('initdb') || globSync('/usr/lib/postgresql/*/bin/initdb').length > 0,
  },
]

function aptGet(...args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync('apt-get', [...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}

/**
 * Installs what is missing where that is possible: as root, on a system with apt-get.
 *
 * @returns what is missing still, once the one command that installs it has been named
 */
export function installSystemPackages(): readonly SystemPackage[] {
  const missing = systemPackages.filter((one) => !one.present())
  if (missing.length === 0) return []
  const names = missing.map((one) => one.name)
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    console.log(`Installing ${names.join(' and ')} from the system's packages.`)
    aptGet('update', '-qq')
    aptGet('install', '-y', '-qq', '--no-install-recommends', ...names)
  }
  const still = missing.filter((one) => !one.present())
  if (still.length > 0) {
    console.log(
      `Missing: ${still.map((one) => one.name).join(', ')}. On Debian and Ubuntu, this brings what is missing:`,
    )
    console.log(`\n    sudo apt-get install -y --no-install-recommends ${still.map((one) => one.name).join(' ')}\n`)
  }
  return still
}
