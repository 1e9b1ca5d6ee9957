/** What is published can be installed, imported by Node and checked by a compiler, and needs nothing that it does not say. */
import { execFile } from 'node:child_process'
import { globSync, readFileSync, rmSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildPackages, publishedPackages } from '../scripts/packages.ts'

const root = dirname(import.meta.dirname)
const execute = promisify(execFile)

let into: string
let project: string

/** A project of somebody else that has installed what we publish, and what that says it needs. */
async function installed(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-project-'))
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, '@countersign'), { recursive: true })
  for (const name of publishedPackages) {
    await cp(join(into, name), join(modules, '@countersign', name), { recursive: true })
    for (const needed of Object.keys(manifestOf(name).dependencies)) {
      if (needed.startsWith('@countersign/')) continue
      await mkdir(dirname(join(modules, needed)), { recursive: true })
      await symlink(join(root, 'node_modules', needed), join(modules, needed))
    }
  }
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  return folder
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
}

const manifestOf = (name: string): Manifest => JSON.parse(readFileSync(join(into, name, 'package.json'), 'utf8'))

beforeAll(async () => {
  await mkdir(join(root, 'dist'), { recursive: true })
  into = await mkdtemp(join(root, 'dist', 'packages-'))
  await buildPackages(into)
  project = await installed()
  return () => {
    for (const folder of [into, project]) rmSync(folder, { recursive: true })
  }
}, 60_000)

describe.each(publishedPackages)('@countersign/%s', (name) => {
  test('has nothing that publint finds', async () => {
    const { messages } = await publint({ pkgDir: join(into, name), strict: true, pack: false })
    expect(messages).toEqual([])
  })

  test('has types that are right, for importers of modules', async () => {
    await execute('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', into], {
      cwd: join(into, name),
    })
    const [tarball = ''] = globSync(`countersign-${name}-*.tgz`, { cwd: into })
    const checked = await checkPackage(createPackageFromTarballData(await readFile(join(into, tarball))))
    const problems = checked.types === false ? ['no types'] : checked.problems
    // It is a module and nothing else: `require` of it is Node's own.
    expect(problems.filter((one) => typeof one === 'string' || one.kind !== 'CJSResolvesToESM')).toEqual([])
  })

  test('imports only what it says that it needs, and nothing of Node', () => {
    const imported = globSync('**/*.js', { cwd: join(into, name) }).flatMap((file) =>
      [...readFileSync(join(into, name, file), 'utf8').matchAll(/(?:from|import\() ?'([^'.][^']*)'/g)].map(
        ([, specifier = '']) => specifier,
      ),
    )
    const packages = imported.map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'))
    const { dependencies } = manifestOf(name)
    expect([...new Set(packages)].filter((one) => dependencies[one] === undefined)).toEqual([])
  })

  test('holds no tests and no TypeScript but types', () => {
    const files = globSync('**/*', { cwd: join(into, name) })
    expect(files.filter((file) => /test/.test(file) || /(?<!\.d)\.ts$/.test(file))).toEqual([])
    expect(files).toEqual(expect.arrayContaining(['index.js', 'index.d.ts', 'README.md', 'LICENSE', 'package.json']))
  })
})

test('the SDK needs the protocol and nothing else', () => {
  expect(Object.keys(manifestOf('sdk').dependencies)).toEqual(['@countersign/protocol'])
})

test('what is installed runs without TypeScript, and verifies a receipt', async () => {
  const { vectors, issuer, jwks } = JSON.parse(await readFile(join(root, 'vectors', 'receipts.json'), 'utf8'))
  await writeFile(
    join(project, 'verify.js'),
    `import { Countersign, CountersignError } from '@countersign/sdk'
const keys = ${JSON.stringify(jwks)}
const countersign = new Countersign({
  server: '${issuer}',
  application: 'strand',
  apiKey: 'csk_${'a'.repeat(12)}_${'A'.repeat(43)}',
  fetch: async () => Response.json(keys),
})
const { document } = await countersign.receipts.verify('${vectors[1].jws}')
const refused = await countersign.receipts.verify('x').catch((error) => error)
console.log(document.headline, refused instanceof CountersignError && refused.code)
`,
  )
  const ran = await execute(process.execPath, ['--no-strip-types', 'verify.js'], { cwd: project })
  expect(ran.stdout.trim()).toBe(`${vectors[1].payload.document.headline} receipt_invalid`)
})

test.each(['nodenext', 'bundler'])('a strict compiler that resolves as %s takes it', async (resolution) => {
  await writeFile(
    join(project, 'order.ts'),
    `import { type ApprovalAnswer, Countersign, CountersignError, type CountersignErrorCode } from '@countersign/sdk'
export const codeOf = (error: unknown): CountersignErrorCode | null => error instanceof CountersignError ? error.code : null
export async function order(apiKey: string): Promise<ApprovalAnswer['state']> {
  const countersign = new Countersign({ server: 'https://id.example.com', application: 'shop', apiKey })
  const { approval } = await countersign.approvals.start({
    account: { external_id: 'customer-17' },
    action: 'order.place',
    data: { amount: '1250.00 SEK' },
    session: 'browser-1',
  })
  // @ts-expect-error an approval has no such state
  if (approval.state === 'done') throw new Error()
  return (await countersign.approvals.wait(approval.id, { signal: AbortSignal.timeout(90_000) })).state
}
`,
  )
  const options = {
    strict: true,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    target: 'es2024',
    lib: ['es2024', 'dom', 'dom.iterable'],
    types: [],
    module: resolution === 'bundler' ? 'esnext' : 'nodenext',
    moduleResolution: resolution,
  }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['order.ts'] }))
  const compiled = await execute(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    project,
  ]).catch((error: { readonly stdout: string }) => error)
  expect(compiled.stdout).toBe('')
})
