/** `npm run check`: types of every package, style, unused code, and the rules of the house. One line for each. */
import { spawn } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'

interface Step {
  readonly name: string
  /** A tool of node_modules/.bin and what it is given. */
  readonly command: readonly [tool: string, ...args: string[]]
}

const workspaces = globSync(['packages/*/package.json', 'examples/*/package.json'], { cwd: root }).map((file) =>
  file.slice(0, -'/package.json'.length),
)

const typeSteps: readonly Step[] = ['.', ...workspaces]
  .flatMap((folder) => {
    const configs = globSync('tsconfig{,.*}.json', { cwd: join(root, folder) }).filter(
      (file) => file !== 'tsconfig.base.json',
    )
    return configs.map((file) => join(folder, file))
  })
  .sort()
  .map((config) => ({ name: `types of ${config}`, command: ['tsc', '-p', config] }))

const steps: readonly Step[] = [
  ...typeSteps,
  { name: 'style', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'unused code', command: ['knip', '--no-progress', '--no-config-hints'] },
  { name: 'rules of the house', command: ['vitest', 'run', '--project=house'] },
]

function run({ name, command: [tool, ...args] }: Step): Promise<boolean> {
  const windows = process.platform === 'win32'
  const executable = join(root, 'node_modules', '.bin', windows ? `${tool}.cmd` : tool)
  const child = spawn(executable, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: windows })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  return new Promise((resolve) =>
    child.on('close', (code) => {
      console.log(code === 0 ? `good   ${name}` : `FAULT  ${name}\n${said.trimEnd()}\n`)
      resolve(code === 0)
    }),
  )
}

const untyped = workspaces.filter((folder) => !existsSync(join(root, folder, 'tsconfig.json')))
for (const folder of untyped) console.log(`FAULT  ${folder} has no tsconfig.json, so its types are not checked`)

const results = await Promise.all(steps.map(run))
const faults = results.filter((good) => !good).length + untyped.length
console.log(
  faults === 0 ? 'Everything is in order.' : `${faults} of ${steps.length + untyped.length} checks found faults.`,
)
if (faults > 0) process.exitCode = 1
