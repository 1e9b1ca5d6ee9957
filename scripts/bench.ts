/**
 * `npm run bench`: runs every bench in `bench/`, or those that are named. What begins with `--` goes to them; `--write` puts
 * their tables into docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { buildPages } from './pages.ts'
import { root } from './root.ts'

const suffix = '.bench.ts'
const known = globSync(`*${suffix}`, { cwd: join(root, 'bench') }).map((file) => file.slice(0, -suffix.length))
known.sort()

const given = process.argv.slice(2)
const firstOption = given.findIndex((argument) => argument.startsWith('--'))
const [asked, passedOn] = firstOption < 0 ? [given, []] : [given.slice(0, firstOption), given.slice(firstOption)]
const unknown = asked.filter((name) => !known.includes(name))
const names = asked.length > 0 ? asked : known

if (unknown.length > 0) {
  console.error(`There is no bench called ${unknown.join(' or ')}. Nothing was run.`)
  console.error(`There are: ${known.join(', ')}.`)
  process.exitCode = 1
} else if (await buildPages()) {
  for (const name of names) {
    const bench = join(root, 'bench', `${name}${suffix}`)
    const { status } = spawnSync(process.execPath, [bench, ...passedOn], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
} else process.exitCode = 1
