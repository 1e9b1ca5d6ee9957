/** Builds the pages (sign-in, phone app, popup, Strand), each only when something that goes into it has changed. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'

/** The workspaces that Vite builds into their `dist/`. */
const pageFolders = ['packages/sign-in', 'packages/phone', 'packages/approval-popup', 'examples/strand']

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** The folder of each workspace, by the name of its package. */
function workspaceFolders(): ReadonlyMap<string, string> {
  const folders = globSync(['packages/*/package.json', 'examples/*/package.json'], { cwd: root })
  return new Map(folders.map((file) => [manifestOf(join(file, '..')).name, join(file, '..')]))
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

/** A folder and every workspace whose code is bundled with it. */
function bundledFolders(folder: string, folders: ReadonlyMap<string, string>, seen = new Set<string>()): Set<string> {
  if (seen.has(folder)) return seen
  seen.add(folder)
  for (const name of Object.keys(manifestOf(folder).dependencies ?? {})) {
    const dependency = folders.get(name)
    if (dependency !== undefined) bundledFolders(dependency, folders, seen)
  }
  return seen
}

/** One hash over everything that goes into a page: its files, those of the workspaces in it, and the locked dependencies. */
function sourcesHash(folder: string, folders: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256')
  const patterns = [...bundledFolders(folder, folders)].map((one) => `${one}/**`)
  const exclude = (entry: { readonly name: string }) =>
    entry.name === 'dist' || entry.name === 'node_modules' || entry.name.includes('.test.')
  const files = globSync(patterns, { cwd: root, withFileTypes: true, exclude })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  for (const file of [...files, join(root, 'package-lock.json'), join(root, 'tsconfig.base.json')].sort()) {
    const content = readFileSync(file)
    hash.update(`${file.slice(root.length)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** Runs `vite build` in the folder, which speaks even when nothing is wrong. */
function build(folder: string): Promise<{ readonly ok: boolean; readonly said: string }> {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: join(root, folder),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  return new Promise((resolve) => child.on('close', (code) => resolve({ ok: code === 0, said })))
}

/**
 * Brings the pages in step with their sources, in parallel, saying which it builds and when each is built.
 *
 * @returns whether all of them are; if not, what is wrong was said
 */
export async function buildPages(): Promise<boolean> {
  const folders = workspaceFolders()
  const stale = pageFolders
    .map((folder) => ({ folder, stamp: join(root, folder, 'dist', '.sources'), hash: sourcesHash(folder, folders) }))
    .filter(({ stamp, hash }) => !existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash)
  if (stale.length > 0) console.log(`Building ${stale.map(({ folder }) => folder).join(', ')} …`)
  const results = await Promise.all(
    stale.map(async ({ folder, stamp, hash }) => {
      const started = performance.now()
      const { ok, said } = await build(folder)
      if (ok) writeFileSync(stamp, hash)
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(ok ? `Built ${folder} in ${seconds} s.` : `${folder} could not be built:`)
      if (!ok) console.log(said.trimEnd())
      return ok
    }),
  )
  return results.every(Boolean)
}
