/** The phone app's own origin. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestContext } from '../context-for-tests.ts'
import { createApp } from '../http/index.ts'
import { PagesMissing, registerPhoneApp } from './index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-pages-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html>')
  writeFileSync(join(folder, 'service-worker.js'), '')
  writeFileSync(join(folder, 'assets', 'index-A.js'), '')
  writeFileSync(join(folder, 'manifest.webmanifest'), '{ "name": "Countersign", "start_url": "/" }')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function openApp() {
  const context = await openTestContext('sqlite::memory:')
  const app = createApp(context)
  await registerPhoneApp(app, context, folder)
  return app
}

test('the app is installed under the name that the operator chose', async () => {
  const answer = await (await openApp()).inject('/manifest.webmanifest')
  expect(answer.headers['content-type']).toMatch('application/manifest+json')
  expect(answer.json()).toEqual({ name: 'Strand', short_name: 'Strand', start_url: '/' })
})

test('only names that carry a hash may be kept unasked', async () => {
  const app = await openApp()
  const cached = async (url: string) => (await app.inject(url)).headers['cache-control']
  expect(await cached('/')).toBe('no-cache')
  expect(await cached('/service-worker.js')).toBe('no-cache')
  expect(await cached('/assets/index-A.js')).toBe('public, max-age=31536000, immutable')
})

test('a file of an earlier build is not there any more, and nothing else is answered in its place', async () => {
  const answer = await (await openApp()).inject('/assets/index-B.js')
  expect(answer.statusCode).toBe(404)
  expect(answer.json()).toMatchObject({ code: 'not_found' })
})

test('without built pages it does not start', async () => {
  rmSync(join(folder, 'index.html'))
  await expect(openApp()).rejects.toThrow(PagesMissing)
})
