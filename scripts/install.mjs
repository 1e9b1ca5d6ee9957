/**
 * Brings node_modules in step with package-lock.json: from npm alone, without running any package's own scripts.
 *
 * Plain JavaScript, because it runs before anything is installed, on whatever Node the machine has (20 or newer).
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages by path from the root; '' is the root itself
 */

/**
 * @param {string} path
 * @returns {LockedPackages | null} null when there is no such file, or none that can be read
 */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null
  } catch {
    return null
  }
}

/**
 * Whether what is installed is what the lockfile names. Packages of
 * single platforms are optional: those of others are rightly missing, and the lockfile may lack one of this platform.
 *
 * @param {LockedPackages} locked the packages of package-lock.json
 * @param {LockedPackages | null} installed the packages of node_modules/.package-lock.json, which npm writes last of all
 * @returns {boolean}
 */
export function isInStep(locked, installed) {
  if (installed === null) return false
  for (const [path, wanted] of Object.entries(locked)) {
    if (path === '') continue
    const found = installed[path]
    if (found === undefined) {
      if (wanted.optional) continue
      return false
    }
    if (found.version !== wanted.version || found.integrity !== wanted.integrity) return false
  }
  return Object.entries(installed).every(([path, found]) => locked[path] !== undefined || found.optional)
}

/**
 * Installs what the lockfile names, unless it is there already.
 *
 * `npm install --no-save` and not `npm ci`: that one refuses a lockfile that lacks a package of some other platform,
 * and throws away what is installed whenever one version changes. What came of it is compared with the lockfile, so
 * that it is as strict.
 *
 * @param {string} root the repository
 * @returns {Promise<boolean>} false when that failed; why was said
 */
export async function install(root) {
  const locked = readPackages(join(root, 'package-lock.json'))
  if (locked === null) {
    process.stderr.write('package-lock.json is missing or unreadable. Nothing was installed. Get it back with git.\n')
    return false
  }
  const inStep = () => isInStep(locked, readPackages(join(root, 'node_modules', '.package-lock.json')))
  if (inStep()) return true

  process.stdout.write(
    'Installing the dependencies from npm. The first time it can take some minutes; later only when they change.\n',
  )
  if (!(await npmInstall(root))) {
    process.stderr.write('The dependencies could not be installed; npm says why above. Nothing was started.\n')
    return false
  }
  if (inStep()) return true
  process.stderr.write('package.json asks for other dependencies than package-lock.json names. Nothing was started.\n')
  return false
}

// npm is silent where it does not write to a terminal.
const stillWorking = 15_000

/**
 * @param {string} root
 * @returns {Promise<boolean>}
 */
async function npmInstall(root) {
  const npm = process.env.npm_execpath
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  /** @type {import('node:child_process').SpawnOptions} */
  const options = { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] }
  const child =
    npm === undefined
      ? spawn('npm', args, { ...options, shell: process.platform === 'win32' })
      : spawn(process.execPath, [npm, ...args], options)
  const started = performance.now()
  const timer = setInterval(() => {
    process.stdout.write(`Still installing, for ${Math.round((performance.now() - started) / 1000)} s …\n`)
  }, stillWorking)
  try {
    const [status] = await once(child, 'close')
    return status === 0
  } catch {
    return false
  } finally {
    clearInterval(timer)
  }
}
