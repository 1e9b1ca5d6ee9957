/**
 * The app has to open in a blink: the build fails when the script that is loaded before a request can be approved
 * gets too large. That is the entry with everything it imports statically, and the worker for the passcode.
 */
import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

/** The names of the scripts that are loaded before anything runs: the entry with everything it imports statically. */
export function loadedFirst(bundle: Rolldown.OutputBundle): string[] {
  const entry = Object.values(bundle).find((output) => output.type === 'chunk' && output.isEntry)
  const reached = new Set<string>()
  const reach = (name: string): void => {
    const chunk = bundle[name]
    if (reached.has(name) || chunk?.type !== 'chunk') return
    reached.add(name)
    for (const imported of chunk.imports) reach(imported)
  }
  if (entry !== undefined) reach(entry.fileName)
  return [...reached]
}

function sizeOf(bundle: Rolldown.OutputBundle, name: string): number {
  const output = bundle[name]
  if (output === undefined) return 0
  return gzipSync(output.type === 'chunk' ? output.code : output.source).length
}

/** @param options.limit bytes, gzip */
export function scriptBudget({ limit }: { limit: number }): Plugin {
  return {
    name: 'countersign-script-budget',
    apply: 'build',
    writeBundle(_options, bundle) {
      const names = Object.keys(bundle)
      const first = loadedFirst(bundle)
      if (first.length === 0) return
      const worker = names.filter((name) => /passcode-worker.*\.js$/.test(name))
      const total = [...first, ...worker].reduce((sum, name) => sum + sizeOf(bundle, name), 0)
      this.info(`script before Approve works: ${kilobytes(total)} gzip of ${kilobytes(limit)}`)
      for (const name of names.filter((each) => each.endsWith('.js'))) {
        const when = first.includes(name) ? 'first' : worker.includes(name) ? 'passcode' : 'on demand'
        this.info(`  ${name}: ${kilobytes(sizeOf(bundle, name))} (${when})`)
      }
      if (total > limit)
        this.error(`The script before Approve works has ${kilobytes(total)}; ${kilobytes(limit)} is the limit.`)
    },
  }
}
