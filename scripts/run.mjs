/**
 * Where `npm start`, `npm test`, `npm run check`, `fix` and `bench` begin: installs what is missing, then runs scripts/NAME.ts under
 * Node 24, which runs TypeScript as it stands.
 *
 * Plain JavaScript, because the machine's own Node may be as old as 20. npm brings Node 24 as a package of this
 * platform; npm puts it first on the PATH, so that only the first run after a clone starts it by hand here.
 *
 * Not a `prestart` hook: npm skips hooks where `ignore-scripts` is on, and .npmrc switches that on so that no package
 * runs code of its own while it is installed.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { install } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [name, ...args] = process.argv.slice(2)
const script = join(root, 'scripts', `${name}.ts`)
const wantedMajor = 24

/** @param {string} sentence */
function refuse(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 1
}

/** Node 24 as npm installed it for this platform. */
function packagedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  return join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', file)
}

/** npm starts this through a shell that dies of the signal which npm passes on to it, and passes it on to nobody. */
function endWithTheShell() {
  const shell = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 250)
  watch.unref()
}

if (process.env.npm_lifecycle_event !== undefined) endWithTheShell()
if (await install(root)) {
  if (Number.parseInt(process.versions.node, 10) >= wantedMajor) {
    process.argv.splice(1, 2, script)
    await import(pathToFileURL(script).href)
  } else if (existsSync(packagedNode())) {
    const child = spawn(packagedNode(), [script, ...args], { stdio: 'inherit' })
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
      process.on(signal, () => child.kill(signal))
    child.on('exit', (code) => {
      process.exitCode = code ?? 1
    })
  } else {
    refuse(
      `This needs Node ${wantedMajor} or newer; here is ${process.versions.node}, and npm has no Node ${wantedMajor} package for ` +
        `${process.platform}-${process.arch}. Nothing was started. Install Node ${wantedMajor} and run the same command again.`,
    )
  }
} else process.exitCode = 1
