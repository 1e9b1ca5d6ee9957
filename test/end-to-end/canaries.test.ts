/**
 * abuse-56: a person links a phone, signs in with it and without network, mistypes everything once, and logs out; another one
 * signs in by SMS. Nothing of what is secret in that is in any log, row, address or storage, in whatever spelling.
 */
import { randomInt } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codeKeyOf, proofKeyOf } from '@countersign/protocol'
import type { WorldAccount } from '@countersign/testkit'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  challengeOn,
  confirmResponse,
  isLoggedIn,
  numberOn,
  pageLabels,
  startLogin,
  typeSmsCode,
} from './page-steps.ts'
import {
  choosePasscode,
  generateResponse,
  isLinked,
  linkUntilCode,
  offeredNumbers,
  openApp,
  phoneLabels,
  seesRequest,
  typePasscode,
} from './phone-steps.ts'
import { openStage, type PhoneWindow, type Stage } from './stage.ts'
import { keptBy, type Place, WrittenDown, watchBrowser, watchDatabase, watchServers } from './written-down.ts'

const language = 'sv'
const phone = phoneLabels[language]
const labels = pageLabels[language]

const passcode = '482913'
const wrongPasscode = '739105'
const wrongPassword = 'fel-kanariefagel-i-buren'
const wrongResponse = String(randomInt(10_000_000, 99_999_999))

const written = new WrittenDown()
/** What must be nowhere, by what it is, in the spellings that it could be written in. */
const canaries = new Map<string, Set<string>>()
/** What may stand in addresses, by the design of OpenID Connect. */
const mayBeInAddresses = new Set(['authorization code'])

const directory = mkdtempSync(join(tmpdir(), 'countersign-canaries-'))
const databasePath = join(directory, 'countersign.db')

let stage: Stage
let unwatch: () => void

/** Bytes as something might write them. */
const spellingsOf = (bytes: Uint8Array): string[] => {
  const buffer = Buffer.from(bytes)
  const hex = buffer.toString('hex')
  return [
    buffer.toString('base64url'),
    buffer.toString('base64').replace(/=+$/, ''),
    hex,
    hex.toUpperCase(),
    [...bytes].join(','),
  ]
}

function hide(what: string, ...spellings: readonly string[]): void {
  const known = canaries.get(what) ?? new Set()
  for (const spelling of spellings) if (spelling.length > 3) known.add(spelling)
  canaries.set(what, known)
}

/** A code of digits, also as it is shown: in two halves. */
const hideCode = (what: string, code: string) =>
  hide(
    what,
    code,
    ...[' ', '\u00a0', '-'].map((gap) => code.slice(0, code.length / 2) + gap + code.slice(code.length / 2)),
  )

const secretMembers: Readonly<Record<string, string>> = {
  password: 'password',
  code: 'SMS code',
  response: 'response',
  proof: 'proof',
}

/** What is secret in what a browser sends. */
function hideSent(context: BrowserContext): void {
  context.on('request', (request) => {
    if (request.method() !== 'POST') return
    for (const [name, value] of Object.entries(Object(request.postDataJSON()))) {
      const what = secretMembers[name]
      if (what !== undefined && typeof value === 'string') hide(what, value)
    }
  })
}

/** The cookies, but for the number of a sign-in, which stands in its address; its signature does not. */
async function hideCookies(context: BrowserContext): Promise<void> {
  for (const { name, value, httpOnly } of await context.cookies()) {
    const isNumber = name === 'countersign_sign_in' || name === 'countersign_resume'
    expect({ name, httpOnly }).toEqual({ name, httpOnly: true })
    if (!isNumber) hide(`cookie ${name}`, value, decodeURIComponent(value))
  }
}

async function look(app: PhoneWindow | null, web: Page | null): Promise<void> {
  if (app !== null) written.add('browser', await keptBy(app.page))
  if (web === null) return
  written.add('browser', await keptBy(web))
  await hideCookies(web.context())
}

/** A window that is watched from its first request on. */
async function openWatchedPage(): Promise<Page> {
  const page = await stage.openPage(language)
  watchBrowser(page.context(), written)
  hideSent(page.context())
  return page
}

async function hideUnlockSecret(): Promise<void> {
  const { context } = stage.world.running
  const rows = await context.db.read((query) => query.selectFrom('devices').select(['id', 'unlock_secret']).execute())
  for (const { id, unlock_secret: sealed } of rows) {
    const secret = context.seal.open(sealed, id)
    hide('unlock secret', ...spellingsOf(secret))
    hide('proof key', ...spellingsOf(proofKeyOf(secret)))
    hide('code key', ...spellingsOf(codeKeyOf(secret)))
  }
}

/** Where a canary is found that must not be there. */
function findings(place: Place): string[] {
  const all = written.allIn(place)
  return [...canaries].flatMap(([what, spellings]) => {
    if (place === 'address' && mayBeInAddresses.has(what)) return []
    const found = [...spellings].filter((spelling) => {
      // Digits also stand in longer numbers and in hashes, by chance.
      if (!/^[\d -]+$/.test(spelling)) return all.includes(spelling)
      return new RegExp(`(?<![\\w.+/-])${spelling}(?![\\w+/-])`).test(all)
    })
    return found.length === 0 ? [] : [`${what} in ${place}`]
  })
}

const otherThan = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

beforeAll(async () => {
  unwatch = watchServers(written)
  stage = await openStage({ logLevel: 'trace', logTo: written.log() }, [], `sqlite:${databasePath}`)
  const { running, config, application } = stage.world
  watchDatabase(running.context, databasePath, written)
  for (const key of config.masterKeys) hide('master key', ...spellingsOf(key))
  const basic = Buffer.from(`${application.id}:${application.secret}`).toString('base64')
  hide('client secret', application.secret, basic)
  hideCode('passcode', passcode)
  hideCode('passcode', wrongPasscode)
  hide('password', wrongPassword)
  hideCode('response', wrongResponse)
})
afterAll(async () => {
  unwatch()
  await stage[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true, force: true })
})

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

async function linkPhone(anna: WorldAccount): Promise<PhoneWindow> {
  const app = await stage.openPhone(language)
  watchBrowser(app.context, written)
  hideSent(app.context)
  await linkUntilCode(app.page, anna, language)
  const code = await stage.world.smsCode(anna.phoneNumber)
  hideCode('SMS code', code)
  await app.page.getByLabel(phone.smsCode, { exact: true }).fill(otherThan(code))
  await press(app.page, phone.next)
  await app.page.getByRole('alert').first().waitFor()
  await look(app, null)
  await choosePasscode(app.page, stage.world, anna, language)
  await isLinked(app.page, language)
  await openApp(app.page, language)
  await hideUnlockSecret()
  await look(app, null)
  return app
}

/** Signs in with the phone: the wrong password first, then the wrong passcode. */
async function signIn(anna: WorldAccount, app: PhoneWindow): Promise<Page> {
  const web = await openWatchedPage()
  await startLogin(stage, web, { ...anna, password: wrongPassword }, language)
  await web.getByRole('alert').first().waitFor()
  const password = web.getByLabel(labels.password, { exact: true })
  await password.fill(anna.password)
  await press(web, labels.next)
  await seesRequest(app.page, language)
  await look(app, web)
  await offeredNumbers(app.page, language)
  await press(app.page, await numberOn(web))
  await app.page.getByRole('heading', { name: phone.passcode }).waitFor()
  await typePasscode(app.page, wrongPasscode)
  await press(app.page, phone.approve)
  await app.page.getByText(/^Fel appkod/).waitFor()
  await look(app, web)
  await typePasscode(app.page, passcode)
  await press(app.page, phone.approve)
  await isLoggedIn(stage, web, 'Anna')
  await look(app, web)
  return web
}

/** The same without network on the phone: the wrong response first. */
async function signInOffline(anna: WorldAccount, app: PhoneWindow, web: Page): Promise<void> {
  await startLogin(stage, web, anna, language)
  await app.context.setOffline(true)
  await app.page.reload()
  await press(web, labels.noPush)
  const challenge = await challengeOn(web)
  hideCode('challenge', challenge)
  await confirmResponse(web, language, wrongResponse)
  await web.getByText(labels.refusedCode).first().waitFor()
  const response = await generateResponse(app.page, language, challenge)
  hideCode('response', response)
  await look(app, web)
  await confirmResponse(web, language, response)
  await isLoggedIn(stage, web, 'Anna')
  await look(app, web)
  await app.context.setOffline(false)
}

async function logOutOfPhone(app: PhoneWindow): Promise<void> {
  await app.page.reload()
  await press(app.page, phone.more)
  await press(app.page, phone.logOut)
  await app.page.getByRole('dialog').getByRole('button', { name: phone.logOut, exact: true }).click()
  await app.page.getByRole('button', { name: phone.start, exact: true }).waitFor()
}

async function signInBySms(): Promise<void> {
  const erik = await stage.world.addAccount('Erik')
  const web = await openWatchedPage()
  await startLogin(stage, web, erik, language)
  await web.getByLabel(labels.smsCode, { exact: true }).waitFor()
  const code = await stage.world.smsCode(erik.phoneNumber)
  hideCode('SMS code', code)
  await typeSmsCode(web, language, otherThan(code))
  await web.getByText(labels.smsRefused).waitFor()
  await look(null, web)
  await typeSmsCode(web, language, code)
  await press(web, labels.goOn)
  await isLoggedIn(stage, web, 'Erik')
  await look(null, web)
}

test('abuse-56 secrets are in no log, no row, no address and no storage', async () => {
  const anna = await stage.world.addAccount('Anna')
  const app = await linkPhone(anna)
  const web = await signIn(anna, app)
  await press(web, labels.logOut)
  await web.getByText(labels.logIn).first().waitFor()
  await look(app, web)
  await signInOffline(anna, app, web)
  await press(web, labels.logOut)
  await logOutOfPhone(app)
  await look(app, web)
  await signInBySms()

  // The files themselves too: they hold what was deleted, until it is written over.
  for (const name of readdirSync(directory)) written.add('database', readFileSync(join(directory, name), 'latin1'))
  for (const line of stage.strandLog) written.add('log', line)
  for (const address of written.in('address')) {
    const code = /[?&]code=([^&]+)/.exec(address)?.[1]
    if (code !== undefined) hide('authorization code', code)
  }

  // That all of it was looked at: each place holds what it should.
  expect(written.in('log').some((line) => line.includes('/sign-in/:signIn/password'))).toBe(true)
  expect(written.in('database').some((row) => row.startsWith('outbox '))).toBe(true)
  expect(written.in('database').some((row) => row.startsWith('audit ') && row.includes('approval.approved'))).toBe(true)
  expect(written.in('address').some((address) => address.includes('/sign-in/'))).toBe(true)
  expect(written.in('address').some((address) => address.includes('/v1/device/events'))).toBe(true)
  expect(written.in('browser').some((kept) => kept.includes('private key, extractable=false'))).toBe(true)
  expect(written.in('browser').some((kept) => /(private|secret) key, extractable=true/.test(kept))).toBe(false)
  const kinds = ['password', 'passcode', 'SMS code', 'challenge', 'response', 'proof', 'client secret', 'master key']
  const cookies = ['cookie countersign_session', 'cookie countersign_session.sig', 'cookie countersign_browser']
  const expected = [...kinds, ...cookies, 'unlock secret', 'proof key', 'code key', 'authorization code']
  expect(expected.filter((what) => !canaries.has(what))).toEqual([])

  const places: readonly Place[] = ['log', 'database', 'address', 'browser']
  expect(places.flatMap(findings)).toEqual([])
})
