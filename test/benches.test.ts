/** That the benches run. What they measure is looked at by people, never by a test. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { chromiumPath } from '@countersign/testkit/browser'
import { expect, test } from 'vitest'

const root = dirname(import.meta.dirname)
const suffix = '.bench.ts'
const names = globSync(`*${suffix}`, { cwd: join(root, 'bench') }).map((file) => file.slice(0, -suffix.length))
const needsBrowser = ['phone']

/** The rows of the table that a bench ends with, at its smallest. */
async function rowsOf(name: string): Promise<unknown> {
  const child = spawn(process.execPath, [join(root, 'bench', `${name}${suffix}`), '--quick'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await once(child, 'close')
  return JSON.parse(said.trim().split('\n').at(-1) ?? '').rows
}

test.each(names)('npm run bench -- %s', { timeout: 120_000 }, async (name) => {
  if (needsBrowser.includes(name) && chromiumPath === undefined) return
  expect(await rowsOf(name)).toBeInstanceOf(Array)
})
