/** abuse-56: what is logged when something goes wrong in the middle of a step that has secrets in hand. */
import { Writable } from 'node:stream'
import { startLinking } from '@countersign/device'
import { startWorld, usualPasscode } from '@countersign/testkit'
import { afterEach, expect, test, vi } from 'vitest'
import { Browser, redirectUri } from './browser-for-tests.ts'

const rowContents = 'anna, $argon2id$v=19$m=64$c2FsdA$aGFzaA, +46701740605'

/** As PostgreSQL says that a row is not as it must be: with the row. */
class RowRefused extends Error {
  readonly code = '23514'
  readonly detail = `Failing row contains (${rowContents}).`
}

afterEach(() => vi.restoreAllMocks())

test('abuse-56 a fault is logged without what was sent, and without the row that it was about', async () => {
  const lines: string[] = []
  const logTo = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk))
      done()
    },
  })
  await using world = await startWorld({ redirectUri, adapters: { logLevel: 'trace', logTo } })
  const [anna, erik] = [await world.addAccount('Anna'), await world.addAccount('Erik')]
  const phone = await world.linkPhone(anna)
  const browser = new Browser(world)
  const begun = await browser.begin()
  const { id } = await browser.begin()
  await browser.password(id, anna)
  const [shown] = (await phone.pendingApprovals()).approvals
  if (shown === undefined) throw new Error('Nothing is asked.')
  const { challenge } = { challenge: '', ...(await browser.command(id, 'offline')) }
  const { response } = await phone.responseFor(challenge, usualPasscode)
  const [current] = (await phone.pendingApprovals()).approvals

  lines.length = 0
  vi.spyOn(world.running.context.db, 'write').mockRejectedValue(new RowRefused('A row was refused.'))
  const { email, password } = anna
  expect((await browser.post(begun.id, 'password', { email, password, locale: 'sv' })).status).toBe(500)
  expect((await browser.post(id, 'response', { response })).status).toBe(500)
  await expect(world.approve(phone, current ?? shown)).rejects.toMatchObject({ code: 'internal' })
  const linking = { apiUrl: world.config.issuer, platform: 'virtual', appVersion: '0.1.0', locale: 'sv' } as const
  const starting = startLinking({ ...linking, email: erik.email, password: erik.password, deviceName: 'Eriks telefon' })
  await expect(starting).rejects.toMatchObject({ code: 'internal' })

  const logged = lines.join('')
  expect(logged.match(/a bug was met/g)).toHaveLength(4)
  expect(logged).toContain('A row was refused.')
  for (const secret of [password, response, usualPasscode, email, erik.email, rowContents, id, begun.id]) {
    expect(logged).not.toContain(secret)
  }
  vi.restoreAllMocks()
})
