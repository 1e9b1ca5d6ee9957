/** Every screen in both languages, light and dark, from 320 pixels up: whole, accessible, and within its policy. */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  accessibilityFaults,
  buildPages,
  chromiumPath,
  launchBrowser,
  openView,
  type View,
  views,
  watchFaults,
} from '@countersign/testkit/browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ScriptedServer, type ScriptedState, startScriptedServer } from './server-for-tests.ts'

const pictures = join(import.meta.dirname, '../../../test-results/sign-in')

const here = {
  application: 'Strand',
  application_url: 'https://strand.example/',
  support_email: 'support@strand.example',
}
const device = 'Annas Pixel 9'
const inSeconds = (seconds: number) => Date.now() + seconds * 1000
const offline = (tries_left: number, round = 2, seconds = 61): ScriptedState => ({
  ...here,
  step: 'offline',
  number: '47',
  device,
  challenge: '48291736',
  round,
  expires: inSeconds(seconds),
  tries_left,
})

const codeExpires = inSeconds(280)
const smsCode = (tries_left: number) =>
  ({
    ...here,
    step: 'sms-code',
    phone_number: '+•• •• ••• •• 05',
    expires: codeExpires,
    tries_left,
  }) as const satisfies ScriptedState
const smsHeading = { sv: 'Skriv koden från sms:et', en: 'Type the code from the SMS' }

interface Screen {
  readonly state: () => ScriptedState
  readonly heading: { readonly sv: string; readonly en: string }
  /** From the first state to the screen. */
  readonly reach?: (page: Page, server: ScriptedServer) => Promise<void>
}

const next = (page: Page) => page.locator('button[type=submit]').click()
const typeEmail = async (page: Page) => {
  await page.locator('input[name=username]:visible').fill('anna@strand.example')
  await next(page)
  await page.getByText('anna@strand.example', { exact: true }).waitFor()
}
const alert = (page: Page) => page.getByRole('alert').waitFor()

const screens: Record<string, Screen> = {
  email: { state: () => ({ ...here, step: 'password' }), heading: { sv: 'Logga in', en: 'Log in' } },
  'email-missing': {
    state: () => ({ ...here, step: 'password' }),
    heading: { sv: 'Logga in', en: 'Log in' },
    reach: next,
  },
  password: {
    state: () => ({ ...here, step: 'password' }),
    heading: { sv: 'Logga in', en: 'Log in' },
    reach: typeEmail,
  },
  'password-refused': {
    state: () => ({ ...here, step: 'password' }),
    heading: { sv: 'Logga in', en: 'Log in' },
    reach: async (page, server) => {
      server.on('password', { kind: 'refused', code: 'sign_in_failed' })
      await typeEmail(page)
      await page.locator('input[name=password]').fill('not this one')
      await next(page)
      await alert(page)
    },
  },
  waiting: {
    state: () => ({
      ...here,
      step: 'waiting',
      push: 'none',
      device,
      browser: 'Firefox, Linux',
      number: '47',
      expires: inSeconds(74),
    }),
    heading: { sv: `Öppna Countersign på ${device}`, en: `Open Countersign on ${device}` },
  },
  'waiting-pushed': {
    state: () => ({
      ...here,
      step: 'waiting',
      push: 'sent',
      device,
      browser: 'Firefox, Linux',
      number: '47',
      expires: inSeconds(74),
    }),
    heading: { sv: `Godkänn på ${device}`, en: `Approve on ${device}` },
  },
  'waiting-in-app': {
    state: () => ({
      ...here,
      step: 'waiting',
      push: 'in-app',
      device,
      browser: 'Firefox, Linux',
      number: '47',
      expires: inSeconds(74),
    }),
    heading: { sv: `Godkänn på ${device}`, en: `Approve on ${device}` },
  },
  'waiting-unreached': {
    state: () => ({
      ...here,
      step: 'waiting',
      push: 'failed',
      device,
      browser: 'Firefox, Linux',
      number: '47',
      expires: inSeconds(74),
    }),
    heading: { sv: `Öppna Countersign på ${device}`, en: `Open Countersign on ${device}` },
    reach: alert,
  },
  'offline-locked': {
    state: () => ({
      ...here,
      step: 'waiting',
      push: 'none',
      device,
      browser: 'Firefox, Linux',
      number: '47',
      expires: inSeconds(74),
    }),
    heading: { sv: `Öppna Countersign på ${device}`, en: `Open Countersign on ${device}` },
    reach: async (page, server) => {
      server.on('offline', { kind: 'refused', code: 'offline_locked', more: { retry_after: 900 } })
      await page.getByRole('button', { name: /pushnotis|push notification/ }).click()
      await alert(page)
    },
  },
  offline: { state: () => offline(5), heading: { sv: 'Logga in med en kod', en: 'Log in with a code' } },
  'offline-new': {
    state: () => offline(5, 3, 74),
    heading: { sv: 'Logga in med en kod', en: 'Log in with a code' },
  },
  'offline-refused': {
    state: () => offline(5),
    heading: { sv: 'Logga in med en kod', en: 'Log in with a code' },
    reach: async (page, server) => {
      const refusal = { kind: 'refused', code: 'code_refused', more: { tries_left: 4 } } as const
      server.on('response', refusal, () => server.show(offline(4)))
      await page.locator('input[name=response]').fill('1234 5678')
      await next(page)
      await alert(page)
    },
  },
  'offline-changed': {
    state: () => offline(5, 3, 74),
    heading: { sv: 'Logga in med en kod', en: 'Log in with a code' },
    reach: async (page, server) => {
      const refusal = { kind: 'refused', code: 'code_refused', more: { tries_left: 4 } } as const
      server.on('response', refusal, () => server.show(offline(4, 3, 74)))
      await page.locator('input[name=response]').fill('1234 5678')
      await next(page)
      await alert(page)
    },
  },
  approved: { state: () => ({ ...here, step: 'approved' }), heading: { sv: 'Godkänt', en: 'Approved' } },
  declined: {
    state: () => ({ ...here, step: 'declined', reason: null }),
    heading: { sv: 'Du avböjde inloggningen', en: 'You declined the login' },
  },
  'declined-not-me': {
    state: () => ({ ...here, step: 'declined', reason: 'not-me' }),
    heading: { sv: 'Du svarade att det inte var du', en: 'You said that it was not you' },
  },
  'declined-wrong-details': {
    state: () => ({ ...here, step: 'declined', reason: 'wrong-details' }),
    heading: { sv: 'Du svarade att uppgifterna var fel', en: 'You said that the details were wrong' },
  },
  'declined-changed-mind': {
    state: () => ({ ...here, step: 'declined', reason: 'changed-mind' }),
    heading: { sv: 'Du ångrade dig', en: 'You changed your mind' },
  },
  'wrong-number': {
    state: () => ({ ...here, step: 'wrong-number' }),
    heading: { sv: 'Ett annat nummer valdes', en: 'Another number was picked' },
  },
  'codes-spent': {
    state: () => ({ ...here, step: 'codes-spent' }),
    heading: { sv: 'För många felaktiga koder', en: 'Too many wrong codes' },
  },
  expired: { state: () => ({ ...here, step: 'expired' }), heading: { sv: 'Tiden gick ut', en: 'The time ran out' } },
  cancelled: {
    state: () => ({ ...here, step: 'cancelled' }),
    heading: { sv: 'Inloggningen avbröts', en: 'The login was cancelled' },
  },
  'sms-code': { state: () => smsCode(5), heading: smsHeading },
  'sms-refused': {
    state: () => smsCode(5),
    heading: smsHeading,
    reach: async (page, server) => {
      const refusal = { kind: 'refused', code: 'code_refused', more: { tries_left: 4 } } as const
      server.on('code', refusal, () => server.show(smsCode(4)))
      await page.locator('input[name=code]').fill('123 456')
      await next(page)
      await alert(page)
    },
  },
  'sms-over': {
    state: () => ({ ...smsCode(5), expires: inSeconds(-1) }),
    heading: smsHeading,
    reach: (page) => page.getByText(/gått ut|run out/).waitFor(),
  },
  'sms-spent': {
    state: () => ({ ...here, step: 'sms-spent' }),
    heading: { sv: 'För många felaktiga koder', en: 'Too many wrong codes' },
  },
  'link-phone': {
    state: () => ({ ...here, step: 'link-phone', phone_url: 'https://telefon.strand.example', device: null }),
    heading: { sv: 'Ingen telefon är kopplad', en: 'No phone is linked' },
  },
  'phone-linked': {
    state: () => ({ ...here, step: 'link-phone', phone_url: 'https://telefon.strand.example', device }),
    heading: { sv: 'Telefonen är kopplad', en: 'Your phone is linked' },
  },
  blocked: {
    state: () => ({ ...here, step: 'blocked', device }),
    heading: { sv: 'Telefonen är spärrad', en: 'The phone is blocked' },
  },
  ended: {
    state: () => ({
      ...here,
      step: 'waiting',
      push: 'none',
      device,
      browser: 'Firefox, Linux',
      number: '47',
      expires: inSeconds(60),
    }),
    heading: { sv: 'Den här inloggningen är över', en: 'This login is over' },
    reach: async (page, server) => {
      server.end('sign_in_expired')
      server.setStreaming(false)
      await page.getByRole('heading', { name: /över|over/ }).waitFor()
    },
  },
  'connection-lost': {
    state: () => ({
      ...here,
      step: 'waiting',
      push: 'none',
      device,
      browser: 'Firefox, Linux',
      number: '47',
      expires: inSeconds(74),
    }),
    heading: { sv: `Öppna Countersign på ${device}`, en: `Open Countersign on ${device}` },
    reach: async (page, server) => {
      server.setReachable(false)
      await page.getByText(/Ansluter igen|Connecting again/).waitFor()
    },
  },
}

const onDesks = [
  'password-refused',
  'waiting-pushed',
  'offline',
  'offline-new',
  'declined',
  'sms-refused',
  'link-phone',
  'phone-linked',
  'blocked',
]

/** Screens with a time on them: on a laptop nobody has to scroll to go on. */
const mustFit = new Set(['waiting-pushed', 'offline', 'offline-new'])

describe.skipIf(chromiumPath === undefined)('the screens', () => {
  let browser: Browser
  let pages: ReturnType<typeof buildPages>
  /** One window for each way of looking: a new one for each screen takes longer than the screen. */
  const windows = new Map<View, { readonly page: Page; readonly faults: readonly string[] }>()
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    pages = buildPages(dirname(import.meta.dirname))
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    pages.remove()
  })

  async function windowFor(view: View) {
    const open = windows.get(view)
    if (open !== undefined) return open
    const page = await (await openView(browser, view)).newPage()
    const opened = { page, faults: await watchFaults(page) }
    windows.set(view, opened)
    return opened
  }

  async function look(screen: Screen, name: string, view: View): Promise<void> {
    const { language } = views[view]
    const server = await startScriptedServer(pages.directory, screen.state())
    server.on('finish', { kind: 'broken' })
    const { page, faults } = await windowFor(view)
    const before = faults.length
    try {
      await page.goto(server.url)
      await page.locator('main:not([data-screen=loading])').waitFor()
      await screen.reach?.(page, server)

      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(screen.heading[language])
      expect(await page.title()).toBe(`${screen.heading[language]} – Countersign`)
      expect(await page.locator('html').getAttribute('lang')).toBe(language)
      expect(await page.getByRole('link', { name: 'support@strand.example' }).count()).toBe(1)
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
      if (mustFit.has(name) && view.startsWith('desk')) {
        expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0)
      }
      await page.screenshot({ path: join(pictures, `${name}-${view}.png`), fullPage: true })
      expect(await accessibilityFaults(page)).toEqual([])
      expect(faults.slice(before)).toEqual([])
    } finally {
      await page.goto('about:blank')
      await server.close()
    }
  }

  test.each(Object.entries(screens))('%s, on a phone and on a narrow one', async (name, screen) => {
    await look(screen, name, 'phone-sv-light')
    await look(screen, name, 'narrow-en-dark')
  })

  test.each(onDesks)('%s, on a desk', async (name) => {
    const screen = screens[name]
    if (screen === undefined) throw new Error(`There is no screen ${name}.`)
    await look(screen, name, 'desk-sv-dark')
    await look(screen, name, 'desk-en-light')
  })
})
