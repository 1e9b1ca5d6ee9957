/** `npm run bench`: runs every bench in `bench/`, or those that are named. */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'

const suffix = '.bench.ts'
const known = globSync(`*${suffix}`, { cwd: join(root, 'bench') }).map((file) => file.slice(0, -suffix.length))
known.sort()

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !known.includes(name))
const names = asked.length > 0 ? asked : known

if (known.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no bench called ${unknown.join(' or ')}. Nothing was run.`)
  console.error(known.length === 0 ? 'There are no benches in bench/.' : `There are: ${known.join(', ')}.`)
  process.exitCode = 1
} else {
  for (const name of names) {
    const { status } = spawnSync(process.execPath, [join(root, 'bench', `${name}${suffix}`)], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}
