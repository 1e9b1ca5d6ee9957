import { beforeEach, describe, expect, test } from 'vitest'
import { onBothDatabases, openTestContext, type TestContext } from '../context-for-tests.ts'
import { createApp } from '../http/index.ts'
import { runOutbox } from '../jobs/index.ts'
import { createDemoInbox, goesTo, queueSms, registerDemoInbox, smsHandlers } from './index.ts'

const sms = { to: '+46701740605', text: 'Code\n\n012345\n\n@app.example.com #012345' }

test.each([
  ['+46701740605', ['SE'], true],
  ['+46701740605', ['NO', 'DK'], false],
  ['+12025550123', ['SE'], false],
  // Canada shares the code of the United States, not its name.
  ['+16135550123', ['US'], false],
  ['+88216123456', ['SE'], false],
])('an SMS to %s, where %j are allowed: %s', (number, countries, goes) => {
  expect(goesTo(countries, number)).toBe(goes)
})

onBothDatabases((open) => {
  let context: TestContext
  beforeEach(async () => {
    context = await open()
  })
  const queue = (to = sms.to) =>
    context.db.write((transaction) => queueSms(context, transaction, { ...sms, to, goodFor: 300_000 }))

  test('a queued SMS reaches its channel once', async () => {
    const inbox = createDemoInbox(context)
    expect(await queue()).toEqual({ kind: 'queued' })
    await runOutbox(context, smsHandlers(inbox))
    await runOutbox(context, smsHandlers(inbox))
    expect(inbox.messages()).toMatchObject([{ ...sms, at: context.clock.now() }])
  })

  test('a number gets 5 an hour and 10 a day, another one its own', async () => {
    const kinds = async (count: number) => {
      const queued: string[] = []
      for (let at = 0; at < count; at++) queued.push((await queue()).kind)
      return queued.filter((kind) => kind === 'queued').length
    }
    expect(await kinds(7)).toBe(5)
    expect(await queue()).toEqual({ kind: 'limited', retryAfter: 3_600 })
    await context.clock.advance(3_600_000)
    expect(await kinds(7)).toBe(5)
    await context.clock.advance(3_600_000)
    expect(await queue()).toEqual({ kind: 'limited', retryAfter: 22 * 3_600 })
    expect(await queue('+46701740606')).toEqual({ kind: 'queued' })
  })

  test('a number in another country gets none', async () => {
    expect(await queue('+12025550123')).toEqual({ kind: 'country-refused' })
    expect(await context.db.read((query) => query.selectFrom('outbox').selectAll().execute())).toEqual([])
  })
})

describe('the inbox of the demo', () => {
  const openApp = async () => {
    const context = await openTestContext('sqlite::memory:')
    const inbox = createDemoInbox(context)
    const app = createApp(context)
    registerDemoInbox(app, context, inbox)
    return { app, inbox, context }
  }

  test('shows the newest SMS first', async () => {
    const { app, inbox } = await openApp()
    await inbox.send(sms)
    await inbox.send({ ...sms, text: 'newer' })
    const answer = await app.inject('/dev/sms/messages')
    expect(answer.json().messages.map(({ text }: { text: string }) => text)).toEqual(['newer', sms.text])
  })

  test('keeps the last 50', async () => {
    const { inbox } = await openApp()
    for (let count = 0; count < 60; count++) await inbox.send({ ...sms, text: String(count) })
    expect(inbox.messages()).toHaveLength(50)
    expect(inbox.messages()[0]?.text).toBe('59')
  })

  test.each([
    ['sv-SE,sv;q=0.9,en;q=0.8', 'Sms-inkorg för demonstrationen'],
    ['en-GB', 'SMS inbox of the demo'],
    ['de', 'SMS inbox of the demo'],
  ])('speaks to a browser with %s: %s', async (language, title) => {
    const { app } = await openApp()
    const answer = await app.inject({ url: '/dev/sms', headers: { 'accept-language': language } })
    expect(answer.body).toContain(`<h1>${title}</h1>`)
  })

  test('speaks the language that was chosen', async () => {
    const { app } = await openApp()
    const answer = await app.inject({ url: '/dev/sms?lang=sv', headers: { 'accept-language': 'en' } })
    expect(answer.body).toContain('<html lang="sv">')
  })

  test('runs its own script and style and nothing else', async () => {
    const { app } = await openApp()
    const answer = await app.inject('/dev/sms')
    expect(answer.headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    )
    expect(answer.body).not.toMatch(/<script>|style=|onclick/)
    for (const part of ['/dev/sms/page.js', '/dev/sms/page.css']) expect((await app.inject(part)).statusCode).toBe(200)
  })

  test('does not exist outside of the demo', async () => {
    const { app, inbox, context } = await openApp()
    const production = { ...context, config: { ...context.config, demo: false } }
    expect(() => registerDemoInbox(app, production, inbox)).toThrow('demo only')
  })
})
