/** What the service worker is told of the files of its version: their paths, and hashes that the browser checks. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Plugin } from 'vite'

interface BuiltFile {
  readonly url: string
  readonly size: number
}

interface AppFiles extends Plugin {
  /** Gives each built file its hash, as Subresource Integrity writes it. */
  readonly sign: (files: readonly BuiltFile[]) => {
    manifest: (BuiltFile & { revision: null; integrity: string })[]
    warnings: string[]
  }
}

export function appFiles(): AppFiles {
  let directory = ''
  const integrityOf = (path: string) =>
    `sha256-${createHash('sha256')
      .update(readFileSync(join(directory, path)))
      .digest('base64')}`
  return {
    name: 'countersign-app-files',
    configResolved({ root, build }) {
      directory = resolve(root, build.outDir)
    },
    sign: (files) => ({
      manifest: files.map(({ url, size }) => ({ url, size, revision: null, integrity: integrityOf(url) })),
      warnings: [],
    }),
  }
}
