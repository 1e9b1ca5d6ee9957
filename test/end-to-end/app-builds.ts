/** Two builds of the phone app, one after the other in the folder that a server serves them from. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'

const phone = join(import.meta.dirname, '../../packages/phone')

export const thisVersion = '0.1.0'
export const nextVersion = '0.1.1'

const marked = `globalThis.version = ${JSON.stringify(nextVersion)}`

/** Every chunk of the next build is another one, under another name: the worker and what is loaded late as well. */
const otherChunks = (): Plugin => ({
  name: 'other-chunks',
  transform: (code, id) => (id.startsWith(join(phone, 'src')) && /\.tsx?$/.test(id) ? `${code}\n${marked}` : null),
})

async function buildNext(directory: string): Promise<void> {
  await build({
    root: phone,
    configFile: join(phone, 'vite.config.ts'),
    logLevel: 'error',
    define: { __APP_VERSION__: JSON.stringify(nextVersion) },
    plugins: [otherChunks()],
    worker: { plugins: () => [otherChunks()] },
    build: { outDir: directory, emptyOutDir: true },
  })
}

export interface AppBuilds extends Disposable {
  /** What is served. */
  readonly directory: string
  /** From now on the build that this repository has; nothing of the other one is there. */
  serveThis(): void
  /** From now on the one after it. */
  serveNext(): void
  /** A server in the middle of its own update: everything is the next build's, but the page of this one is left. */
  serveMixed(): void
}

export async function openAppBuilds(): Promise<AppBuilds> {
  const root = mkdtempSync(join(tmpdir(), 'countersign-builds-'))
  const [directory, next] = [join(root, 'served'), join(root, 'next')]
  await buildNext(next)
  const serve = (from: string) => {
    rmSync(directory, { recursive: true, force: true })
    cpSync(from, directory, { recursive: true })
  }
  serve(join(phone, 'dist'))
  return {
    directory,
    serveThis: () => serve(join(phone, 'dist')),
    serveNext: () => serve(next),
    serveMixed: () => {
      serve(next)
      cpSync(join(phone, 'dist', 'index.html'), join(directory, 'index.html'))
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}
