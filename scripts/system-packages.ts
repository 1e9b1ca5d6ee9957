/** What the tests need and npm does not bring: two browsers, a desktop for one of them, and PostgreSQL. */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface SystemPackage {
  /** Its name in Debian's archive. */
  readonly name: string
  /** The tests that cannot run without it. */
  readonly suites: string
  /** The project of Vitest that is left out without it; null where its tests skip themselves. */
  readonly project: string | null
  readonly present: () => boolean
}

function onPath(...names: readonly string[]): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.some((folder) => names.some((name) => existsSync(join(folder, name))))
}

const inFirefox = { suites: 'pushes into a real Firefox', project: 'firefox' }

const systemPackages: readonly SystemPackage[] = [
  {
    name: 'chromium',
    suites: 'everything in a real browser (end to end, and the pages of sign-in and Strand)',
    project: 'end-to-end',
    present: () => onPath('chromium', 'chromium-browser'),
  },
  {
    name: 'postgresql',
    suites: 'the stores and the races on PostgreSQL',
    project: null,
    present: () => onPath('initdb') || globSync('/usr/lib/postgresql/*/bin/initdb').length > 0,
  },
  { name: 'firefox-esr', ...inFirefox, present: () => onPath('firefox-esr') },
  // Firefox loads it to hand notifications to the desktop.
  { name: 'libnotify4', ...inFirefox, present: () => globSync('/usr/lib{,64}/{,*/}libnotify.so.4').length > 0 },
  { name: 'dbus-daemon', ...inFirefox, present: () => onPath('dbus-daemon') },
]

function aptGet(...args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync('apt-get', [...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}

/** Installs packages by name. Where one is not to be had, the others are installed all the same. */
type Install = (names: readonly string[]) => void

function installFromDebian(names: readonly string[]): void {
  aptGet('update', '-qq')
  for (const name of names) aptGet('install', '-y', '-qq', '--no-install-recommends', name)
}

/** How packages are installed here; null where that is not for us to do. */
const installer = (): Install | null => (process.getuid?.() === 0 && onPath('apt-get') ? installFromDebian : null)

/**
 * Installs what is missing where that is possible: as root, on a system with apt-get.
 *
 * @returns what is missing still, once the one command that installs it has been named
 */
export function installSystemPackages(
  wanted: readonly SystemPackage[] = systemPackages,
  install: Install | null = installer(),
): readonly SystemPackage[] {
  const missing = wanted.filter((one) => !one.present())
  if (missing.length === 0) return []
  const names = missing.map((one) => one.name)
  if (install !== null) {
    console.log(`Installing ${names.join(', ')} from the system's packages.`)
    install(names)
  }
  const still = missing.filter((one) => !one.present())
  if (still.length > 0) {
    const command = `sudo apt-get install -y --no-install-recommends ${still.map((one) => one.name).join(' ')}`
    console.log(`Missing: ${still.map((one) => one.name).join(', ')}. On Debian, this brings what is missing:`)
    console.log(`\n    ${command}\n`)
  }
  return still
}

/** What Vitest is told so that it leaves out what cannot run. */
export function leavingOut(missing: readonly SystemPackage[]): string[] {
  const projects = new Set(missing.flatMap(({ project }) => (project === null ? [] : [project])))
  return [...projects].map((project) => `--project=!${project}`)
}

/** What was left out and why, a sentence for each cause. */
export function notRun(missing: readonly SystemPackage[]): string[] {
  return [...Map.groupBy(missing, ({ suites }) => suites)].map(
    ([suites, absent]) => `NOT RUN, for want of ${absent.map(({ name }) => name).join(', ')}: ${suites}.`,
  )
}
