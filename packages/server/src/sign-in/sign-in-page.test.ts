import { startWorld, type World } from '@countersign/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from './browser-for-tests.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

test('the page comes with a fresh nonce and a policy that lets nothing else run', async () => {
  const browser = new Browser(world)
  const { id } = await browser.begin()
  const [one, two] = [await browser.go(`/sign-in/${id}`), await browser.go(`/sign-in/${id}`)]
  const policy = one.headers.get('content-security-policy') ?? ''
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1]
  expect(policy).toBe(
    `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'`,
  )
  expect(one.text).toContain(`nonce="${nonce}"`)
  expect(one.text).not.toMatch(/__[A-Z_]+__/)
  expect(two.text).not.toContain(String(nonce))
  expect(one.headers.get('cache-control')).toBe('no-store')
  expect(one.text).toContain(world.config.brand.supportEmail)
})

test('what it loads is there, for good, and the page itself is not among it', async () => {
  const browser = new Browser(world)
  const { text } = await browser.go('/sign-in/any')
  const [, script = ''] = /src="(\/sign-in-assets\/assets\/[^"]+\.js)"/.exec(text) ?? []
  const answer = await browser.go(script)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect((await browser.go('/sign-in-assets/index.html')).status).toBe(404)
})
