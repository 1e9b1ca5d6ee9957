/** The packages that are published: JavaScript and types, since Node strips no types of what is installed. */
import { spawn } from 'node:child_process'
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'

/** In this order: each may need those before it. */
export const publishedPackages = ['protocol', 'sdk'] as const

interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** Runs a tool of node_modules. @throws Error with everything that it said, when it fails */
async function run(file: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'node_modules', file), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(said.trim())
}

/** What is built of a package, in `folder`, may import those of its neighbours that are built beside it. */
async function compile(name: string, folder: string, into: string): Promise<void> {
  const source = join(root, 'packages', name)
  const config = join(into, `tsconfig.${name}.json`)
  const neighbours = publishedPackages.map((other) => [`@countersign/${other}`, [join(into, other, 'index.d.ts')]])
  const settings = {
    extends: join(source, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      stripInternal: true,
      rewriteRelativeImportExtensions: true,
      typeRoots: [join(root, 'node_modules', '@types')],
      rootDir: join(source, 'src'),
      outDir: folder,
      paths: Object.fromEntries(neighbours),
    },
    include: [join(source, 'src')],
    exclude: ['test.ts', 'for-tests.ts'].map((end) => join(source, 'src', '**', `*${end}`)),
  }
  writeFileSync(config, JSON.stringify(settings))
  await run(join('typescript', 'bin', 'tsc'), ['-p', config])
  rmSync(config)
  // The compiler puts the endings right in JavaScript alone.
  for (const file of globSync('**/*.d.ts', { cwd: folder })) {
    const path = join(folder, file)
    writeFileSync(path, readFileSync(path, 'utf8').replace(/((?:from|import\() ?'\.{1,2}\/[^']+)\.ts'/g, "$1.js'"))
  }
}

/** The manifest of what is published, from the one of the workspace. */
function publishedManifest({ name, version, description, license, dependencies }: Manifest): object {
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    exports: { '.': { types: './index.d.ts', default: './index.js' }, './package.json': './package.json' },
    sideEffects: false,
    engines: { node: '>=22' },
    dependencies,
  }
}

/**
 * Builds every package that is published into a folder of its name.
 *
 * @param into a folder of this repository, as an absolute path: dependencies are looked up from there. What lies in it
 * under the packages' names is replaced
 */
export async function buildPackages(into: string): Promise<void> {
  for (const name of publishedPackages) {
    const folder = join(into, name)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    await compile(name, folder, into)
    const source = join(root, 'packages', name)
    const manifest: Manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`)
    copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
    copyFileSync(join(source, 'README.md'), join(folder, 'README.md'))
  }
}
