/** faq-02 with fingerprint or face, and without; approving, codes and the passcode with it, in a real browser. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addAuthenticator, type PhoneAuthenticator } from './authenticator-steps.ts'
import {
  challengeOn,
  confirmResponse,
  isLoggedIn,
  numberOn,
  pageLabels,
  startLogin,
  waitsForPhone,
} from './page-steps.ts'
import {
  isLinked,
  linkUntilBiometrics,
  offeredNumbers,
  openApp,
  phoneLabels,
  pickNumber,
  seesRequest,
  typePasscode,
} from './phone-steps.ts'
import { type Account, expectAccessible, type Language, openStage, type PhoneWindow, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterEach(() => stage.closeWindows())
afterAll(() => stage[Symbol.asyncDispose]())

const other = '593024'

const changeLabels = {
  sv: {
    change: 'Byt appkod',
    add: 'Lägg till fingeravtryck eller ansikte',
    remove: 'Ta bort fingeravtryck eller ansikte',
    current: 'Ange din appkod',
    choose: 'Välj en ny appkod',
    repeat: 'Upprepa den nya appkoden',
    reopen: 'Bekräfta med fingeravtryck eller ansikte',
    offer: 'Använd fingeravtryck eller ansikte',
    changed: 'Appkoden är bytt',
    stillOn: 'Fingeravtryck eller ansikte fungerar som förut.',
    added: 'Fingeravtryck eller ansikte är på',
    removed: 'Fingeravtryck eller ansikte är avstängt',
    offNow: /avstängt nu/,
    turnOff: 'Stäng av det och fortsätt',
    notConfirmed: /Det bekräftades inte/,
    missing: /^Fingeravtryck eller ansikte går inte att använda här: webbläsaren eller telefonen saknar/,
    oneTryLess: 'Fel appkod. 4 försök kvar.',
  },
  en: {
    change: 'Change the app passcode',
    add: 'Add fingerprint or face',
    remove: 'Remove fingerprint or face',
    current: 'Enter your app passcode',
    choose: 'Choose a new app passcode',
    repeat: 'Repeat the new app passcode',
    reopen: 'Confirm with fingerprint or face',
    offer: 'Use fingerprint or face',
    changed: 'The passcode is changed',
    stillOn: 'Fingerprint or face works as before.',
    added: 'Fingerprint or face is on',
    removed: 'Fingerprint or face is off',
    offNow: /is off now/,
    turnOff: 'Turn it off and go on',
    notConfirmed: /It was not confirmed/,
    missing: /^Fingerprint or face cannot be used here: the browser or the phone lacks/,
    oneTryLess: 'Wrong passcode. 4 tries left.',
  },
} as const

interface Person {
  readonly anna: Account
  readonly app: PhoneWindow
  readonly authenticator: PhoneAuthenticator
}

/** What a person does here, in one language. */
function stepsIn(language: Language) {
  const phone = { ...phoneLabels[language], ...changeLabels[language] }
  const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name }).waitFor()
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

  /** Somebody in front of the question about fingerprint or face. */
  async function linkUntilQuestion(options?: { hasPrf: boolean }): Promise<Person> {
    const anna = await stage.world.addAccount('Anna')
    const app = await stage.openPhone(language)
    const authenticator = await addAuthenticator(app, options)
    await linkUntilBiometrics(app.page, stage.world, anna, language)
    await expectAccessible(app.page)
    return { anna, app, authenticator }
  }

  /** Somebody whose phone is linked. */
  async function link(answer: 'use' | 'skip'): Promise<Person> {
    const person = await linkUntilQuestion()
    await press(person.app.page, answer === 'use' ? phone.useBiometrics : phone.skip)
    await isLinked(person.app.page, language)
    await expectAccessible(person.app.page)
    await openApp(person.app.page, language)
    return person
  }

  /** A page that waits for the phone, and the request on it. */
  async function beginLogin({ anna, app }: Person): Promise<Page> {
    const web = await stage.openPage(language)
    await startLogin(stage, web, anna, language)
    await waitsForPhone(web, language)
    await seesRequest(app.page, language)
    return web
  }

  /** Picks the number: the rest is the finger's. */
  async function approveByFinger({ app }: Person, web: Page): Promise<void> {
    await offeredNumbers(app.page, language)
    await press(app.page, await numberOn(web))
  }

  /** The request is approved, the page goes on, and the approval says how the person was verified. */
  async function isApproved({ anna, app }: Person, web: Page, method: 'fpt' | 'pin'): Promise<void> {
    await heading(app.page, phone.approved)
    await isLoggedIn(stage, web, 'Anna')
    const row = await stage.world.running.context.db.read((query) =>
      query
        .selectFrom('approvals')
        .innerJoin('accounts', 'accounts.id', 'approvals.account_id')
        .select('approvals.amr')
        .where('accounts.email', '=', anna.email)
        .orderBy('approvals.created_at', 'desc')
        .executeTakeFirstOrThrow(),
    )
    expect(JSON.parse(row.amr ?? 'null')).toEqual(['swk', method])
    await press(app.page, phone.done)
    await web.close()
  }

  async function enterPasscode(page: Page, action: string, digits?: string): Promise<void> {
    await typePasscode(page, digits)
    await press(page, action)
  }

  /** The settings, a way on, and the passcode of now. */
  async function beginChange({ app: { page } }: Person, change: string, digits?: string): Promise<void> {
    await press(page, phone.more)
    await expectAccessible(page)
    await press(page, change)
    await heading(page, phone.current)
    await enterPasscode(page, phone.next, digits)
  }

  async function chooseOther({ app: { page } }: Person): Promise<void> {
    await heading(page, phone.choose)
    await expectAccessible(page)
    await enterPasscode(page, phone.next, other)
    await heading(page, phone.repeat)
    await enterPasscode(page, phone.save, other)
  }

  async function isChanged({ app: { page } }: Person, title: string): Promise<void> {
    await heading(page, title)
    await expectAccessible(page)
    await press(page, phone.done)
    await press(page, phone.back)
    await heading(page, phone.nothingWaits)
  }

  /** A code by the app, up to its last press. */
  async function beginCode({ app: { page } }: Person, challenge: string): Promise<void> {
    await press(page, phone.authenticateByBiometrics)
    await page.getByLabel(phone.codeFromPage).fill(challenge)
    await expectAccessible(page)
    await press(page, phone.generate)
  }

  async function responseOf({ app: { page } }: Person): Promise<string> {
    await heading(page, phone.response)
    return (await page.locator('[data-code]').getAttribute('data-code')) ?? ''
  }

  return {
    ...{ phone, heading, press, linkUntilQuestion, link, beginLogin, approveByFinger, isApproved, enterPasscode },
    ...{ beginChange, chooseOther, isChanged, beginCode, responseOf },
  }
}

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  const { phone, heading, press, ...steps } = stepsIn(language)
  /** Every case in Swedish; faq-01, 02 and 05 in English too. */
  const inSwedish = (name: string, body: () => Promise<void>) => {
    if (language === 'sv') test(name, body)
  }

  test('faq-02 faq-05 linked with fingerprint: a login and a code take a finger and no passcode', async () => {
    const person = await steps.link('use')
    const { app, authenticator } = person
    const web = await steps.beginLogin(person)
    await steps.approveByFinger(person, web)
    await steps.isApproved(person, web, 'fpt')

    const later = await steps.beginLogin(person)
    await app.page.evaluate(async () => void (await navigator.serviceWorker.ready))
    await app.context.setOffline(true)
    await app.page.reload()
    await heading(app.page, phone.noNetwork)
    await press(later, pageLabels[language].noPush)
    const challenge = await challengeOn(later)
    await authenticator.setAnswers(false)
    await steps.beginCode(person, challenge)
    await heading(app.page, phone.reopen)
    await expectAccessible(app.page)
    await press(app.page, phone.usePasscode)
    await authenticator.setAnswers(true)
    await steps.enterPasscode(app.page, phone.generate)
    expect(await steps.responseOf(person)).toMatch(/^\d{8}$/)
    await press(app.page, phone.done)
    await steps.beginCode(person, challenge)
    await confirmResponse(later, language, await steps.responseOf(person))
    await isLoggedIn(stage, later, 'Anna')
  })

  inSwedish(
    'faq-02 linked with "skip": a login takes the passcode, until fingerprint is added, and when it is removed',
    async () => {
      const person = await steps.link('skip')
      const { page } = person.app
      expect(await person.authenticator.credentials()).toBe(0)
      const first = await steps.beginLogin(person)
      await offeredNumbers(page, language)
      await pickNumber(page, language, await numberOn(first))
      await steps.isApproved(person, first, 'pin')

      await steps.beginChange(person, phone.add)
      await heading(page, phone.offer)
      await expectAccessible(page)
      await press(page, phone.useBiometrics)
      await steps.isChanged(person, phone.added)
      const second = await steps.beginLogin(person)
      await steps.approveByFinger(person, second)
      await steps.isApproved(person, second, 'fpt')

      await steps.beginChange(person, phone.remove)
      await steps.isChanged(person, phone.removed)
      const third = await steps.beginLogin(person)
      await offeredNumbers(page, language)
      await pickNumber(page, language, await numberOn(third))
      await steps.isApproved(person, third, 'pin')
    },
  )

  inSwedish('the passcode is changed: the old one is refused, the new one and the finger work', async () => {
    const person = await steps.link('use')
    const { app, authenticator } = person
    const { page } = app
    await steps.beginChange(person, phone.change)
    await steps.chooseOther(person)
    await heading(page, phone.reopen)
    await expectAccessible(page)
    await press(page, phone.useBiometrics)
    await page.getByText(phone.stillOn).waitFor()
    await steps.isChanged(person, phone.changed)

    const web = await steps.beginLogin(person)
    await authenticator.setAnswers(false)
    await steps.approveByFinger(person, web)
    await heading(page, phone.reopen)
    await expectAccessible(page)
    await press(page, phone.usePasscode)
    await steps.enterPasscode(page, phone.approve)
    await page.getByText(phone.oneTryLess).waitFor()
    await steps.enterPasscode(page, phone.approve, other)
    await steps.isApproved(person, web, 'pin')

    // From what was kept, too.
    await page.reload()
    await authenticator.setAnswers(true)
    const again = await steps.beginLogin(person)
    await steps.approveByFinger(person, again)
    await steps.isApproved(person, again, 'fpt')
  })
})

describe('a finger that is not recognised', () => {
  const { phone, heading, press, ...steps } = stepsIn('sv')

  test('can be tried again while linking', async () => {
    const person = await steps.linkUntilQuestion()
    const { page } = person.app
    await person.authenticator.recogniseNobody()
    await press(page, phone.useBiometrics)
    await page.getByText(phone.notConfirmed).waitFor()
    await expectAccessible(page)
    await person.authenticator.replace()
    await press(page, phone.useBiometrics)
    await isLinked(page, 'sv')
  })

  test('leads to the passcode', async () => {
    const person = await steps.link('use')
    const web = await steps.beginLogin(person)
    await person.authenticator.recogniseNobody()
    await steps.approveByFinger(person, web)
    await heading(person.app.page, phone.passcode)
    await person.app.page.getByText(phone.notConfirmed).waitFor()
    await expectAccessible(person.app.page)
    await steps.enterPasscode(person.app.page, phone.approve)
    await steps.isApproved(person, web, 'pin')
  })

  test('is turned off by who changes the passcode without it, and can be added again', async () => {
    const person = await steps.link('use')
    const { page } = person.app
    await steps.beginChange(person, phone.change)
    await steps.chooseOther(person)
    await person.authenticator.recogniseNobody()
    await press(page, phone.useBiometrics)
    await page.getByText(phone.notConfirmed).waitFor()
    await expectAccessible(page)
    await press(page, phone.turnOff)
    await page.getByText(phone.offNow).waitFor()
    await steps.isChanged(person, phone.changed)
    await page.getByRole('button', { name: phone.authenticate, exact: true }).waitFor()

    await person.authenticator.replace()
    await steps.beginChange(person, phone.add, other)
    await press(page, phone.useBiometrics)
    await steps.isChanged(person, phone.added)
    await page.getByRole('button', { name: phone.authenticateByBiometrics, exact: true }).waitFor()
  })
})

test('a phone whose authenticator opens nothing is linked with the passcode, and told so', async () => {
  const { phone, heading, press, ...steps } = stepsIn('sv')
  const { app } = await steps.linkUntilQuestion({ hasPrf: false })
  await press(app.page, phone.useBiometrics)
  await isLinked(app.page, 'sv')
  await app.page.getByText(phone.missing).waitFor()
  await expectAccessible(app.page)
  await openApp(app.page, 'sv')
  await app.page.getByRole('button', { name: phone.authenticate, exact: true }).waitFor()
})

test('a wrong passcode changes nothing, and costs a try', async () => {
  const { phone, heading, ...steps } = stepsIn('sv')
  const person = await steps.link('skip')
  const { page } = person.app
  await steps.beginChange(person, phone.change, other)
  await page.getByText(phone.oneTryLess).waitFor()
  await expectAccessible(page)
  await steps.enterPasscode(page, phone.next)
  await heading(page, phone.choose)
})

test('abuse-32: with fingerprint, too, what is kept are sealed bytes and keys that cannot be exported', async () => {
  const { app } = await stepsIn('sv').link('use')
  const kept = await app.page.evaluate(async () => {
    const opened = indexedDB.open('countersign')
    await new Promise((resolve) => opened.addEventListener('success', resolve))
    const read = opened.result.transaction('kept').objectStore('kept').get('device')
    await new Promise((resolve) => read.addEventListener('success', resolve))
    const { keyPair, lock, biometricLock, pending } = read.result
    const { kind, credential, ...bytes } = biometricLock
    return {
      extractable: [keyPair.privateKey.extractable, lock.sealKey.extractable],
      lock: Object.keys(lock).sort(),
      lengths: Object.entries(bytes).map(([name, value]) => [name, value instanceof Uint8Array ? value.length : null]),
      pending,
    }
  })
  expect(kept).toEqual({
    extractable: [false, false],
    lock: ['iv', 'salt', 'sealKey', 'sealed'],
    // The secret and the tag of AES-GCM: nothing of the PRF output, no proof, no assertion.
    lengths: [
      ['salt', 32],
      ['iv', 12],
      ['sealed', 48],
    ],
    pending: null,
  })
})
