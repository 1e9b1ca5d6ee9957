/** Every screen of the phone app, in both languages: see `every-screen.ts`. */
import { type ErrorCode, errorStatus } from '@countersign/protocol'
import { cancelApproval } from '@countersign/server/use-cases'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { words as allWords } from '../../packages/phone/src/words.ts'
import { type Asked, ask } from './ask.ts'
import { addAuthenticator } from './authenticator-steps.ts'
import { type Looks, openLooks } from './every-screen.ts'
import {
  isLinked,
  linkPhone,
  linkUntilBiometrics,
  linkUntilCode,
  offeredNumbers,
  openApp,
  phoneLabels,
  pickNumber,
  seesRequest,
  typePasscode,
} from './phone-steps.ts'
import { type Account, openStage, type PhoneWindow, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const pushSettings = { sv: 'Inställningar', en: 'Settings' } as const
const newPasscode = { sv: 'Välj en ny appkod', en: 'Choose a new app passcode' } as const

const decisions = '**/v1/device/approvals/*/decision'

describe.each(['sv', 'en'] as const)('faq-09 nobody is kept out or left alone, in %s:', (language) => {
  const labels = phoneLabels[language]
  const words = allWords[language]
  let anna: Account
  let app: PhoneWindow
  let page: Page
  let looks: Looks
  const look: Looks['look'] = (...screen) => looks.look(...screen)

  beforeEach(() => {
    looks = openLooks(language, stage.world.config.brand.supportEmail)
  })
  afterEach(() => expect(looks.faults).toEqual([]))

  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor()
  const alert = () => page.getByRole('alert').first().waitFor()
  const field = (name: string) => page.getByLabel(name, { exact: true })

  async function takeNewPhone(): Promise<void> {
    anna = await stage.world.addAccount('Anna')
    app = await stage.openPhone(language)
    page = app.page
  }

  /** A request on the phone, and the number that would be on the page. */
  async function request(): Promise<Asked> {
    const asked = await ask(stage.world, anna, language)
    await seesRequest(page, language)
    return asked
  }

  /** From now on the server refuses what is asked at these addresses, in the words of the protocol. */
  const refuse = (addresses: string, code: ErrorCode) =>
    page.route(addresses, (route) => {
      const problem = { type: `urn:countersign:error:${code}`, title: code, status: errorStatus[code], code }
      const headers = { 'access-control-allow-origin': stage.world.config.phoneUrl }
      return route.request().method() === 'OPTIONS'
        ? route.continue()
        : route.fulfill({ status: errorStatus[code], headers, json: problem, contentType: 'application/problem+json' })
    })

  describe('a phone of its own for each test:', () => {
    beforeEach(takeNewPhone)
    afterEach(() => stage.closeWindows())

    test('linking, settings and logging out', async () => {
      await look(page, 'welcome', 'stuck')
      await press(labels.start)
      await field(labels.email).waitFor()
      await look(page, 'e-mail', 'stuck')
      await press(labels.next)
      await look(page, 'no e-mail', 'stuck')
      await field(labels.email).fill(anna.email)
      await press(labels.next)
      await field(labels.password).fill('not this one')
      await look(page, 'password', 'stuck')
      await press(labels.next)
      await alert()
      await look(page, 'wrong password', 'stuck')
      await app.context.setOffline(true)
      await press(labels.next)
      await look(page, 'password without network', 'stuck')
      await app.context.setOffline(false)
      await field(labels.password).fill(anna.password)
      await press(labels.next)
      await field(labels.smsCode).waitFor()
      await look(page, 'code', 'stuck')
      await field(labels.smsCode).fill('000000')
      await press(labels.next)
      await alert()
      await look(page, 'wrong code', 'stuck')
      await field(labels.smsCode).fill(await stage.world.smsCode(anna.phoneNumber))
      await press(labels.next)
      await heading(labels.choose)
      await look(page, 'choose a passcode', 'at ease')
      await typePasscode(page, '111111')
      await press(labels.next)
      await alert()
      await look(page, 'passcode too easy', 'stuck')
      await typePasscode(page)
      await press(labels.next)
      await heading(labels.repeat)
      await look(page, 'repeat the passcode', 'at ease')
      await typePasscode(page)
      await app.context.setOffline(true)
      await press(labels.save)
      await page.getByRole('button', { name: labels.retry, exact: true }).waitFor()
      await look(page, 'linking not finished', 'stuck')
      await app.context.setOffline(false)
      await press(labels.retry)
      await heading(labels.pushOffer)
      await look(page, 'may the phone tell you?', 'at ease')
      await press(labels.notNow)
      await heading(labels.linked)
      await look(page, 'linked', 'at ease')
      await press(labels.open)
      await heading(labels.nothingWaits)
      await press(labels.more)
      await heading(words.more)
      await look(page, 'settings', 'stuck')
      await press(labels.logOut)
      const dialog = page.getByRole('dialog')
      await dialog.waitFor()
      await look(page, 'log out?', 'at ease')
      await app.context.setOffline(true)
      await dialog.getByRole('button', { name: labels.logOut }).click()
      await dialog.getByText(words.settings.notRemoved).waitFor()
      await look(page, 'not logged out', 'stuck')
      await app.context.setOffline(false)
      await dialog.getByRole('button', { name: labels.retry }).click()
      await page.getByText(words.welcome.loggedOut).waitFor()
      await look(page, 'logged out', 'stuck')
    })

    test('linking that is refused', async () => {
      for (const code of ['already_linked', 'link_expired', 'app_outdated'] as const) {
        await refuse('**/v1/linkings', code)
        await press(labels.start)
        await field(labels.email).fill(anna.email)
        await press(labels.next)
        await field(labels.password).fill(anna.password)
        await press(labels.next)
        await page.getByRole('button', { name: words.back, exact: true }).and(page.locator('footer *')).waitFor()
        await look(page, code, 'stuck')
        await page.unrouteAll()
        await page.reload()
      }
      await linkUntilCode(page, anna, language)
      await page.evaluate(() => {
        IDBObjectStore.prototype.put = () => {
          throw new DOMException('There is no room.', 'QuotaExceededError')
        }
      })
      await field(labels.smsCode).fill(await stage.world.smsCode(anna.phoneNumber))
      await press(labels.next)
      await heading(labels.choose)
      await typePasscode(page)
      await press(labels.next)
      await heading(labels.repeat)
      await typePasscode(page)
      await press(labels.save)
      await page.getByRole('button', { name: labels.retry, exact: true }).waitFor()
      await look(page, 'keys not kept', 'stuck')
    })

    test('fingerprint or face', async () => {
      const authenticator = await addAuthenticator(app)
      await linkUntilBiometrics(page, stage.world, anna, language)
      await look(page, 'fingerprint or face?', 'at ease')
      await press(labels.useBiometrics)
      await isLinked(page, language)
      await look(page, 'linked with fingerprint', 'at ease')
      await openApp(page, language)
      await look(page, 'nothing waits, with fingerprint', 'at ease')
      const { number } = await request()
      await offeredNumbers(page, language)
      await authenticator.setAnswers(false)
      await press(number)
      await heading(words.biometrics.title)
      await look(page, 'the phone asks', 'at ease')
      await press(labels.usePasscode)
      await heading(labels.passcode)
      await look(page, 'passcode instead', 'at ease')
    })
  })

  describe('a phone that is linked:', () => {
    beforeAll(async () => {
      await takeNewPhone()
      await linkPhone(page, stage.world, anna, language)
      await openApp(page, language)
    })
    afterAll(() => stage.closeWindows())
    beforeEach(async () => {
      await page.unrouteAll()
      await app.context.setOffline(false)
      await page.reload()
      await heading(labels.nothingWaits)
    })

    test('requests', async () => {
      await look(page, 'nothing waits', 'at ease')
      const { number } = await request()
      await look(page, 'request', 'at ease')
      await offeredNumbers(page, language)
      await look(page, 'numbers', 'at ease')
      await press(number)
      await heading(labels.passcode)
      await look(page, 'passcode', 'at ease')
      await typePasscode(page, '111222')
      await press(labels.approve)
      await alert()
      await look(page, 'wrong passcode', 'stuck')
      await press(words.back)
      for (const [code, title] of [
        ['approval_expired', words.result.expired],
        ['approval_not_pending', words.result.gone],
        ['decision_conflict', words.result.conflict],
        ['digest_mismatch', words.result.replaced],
      ] as const) {
        await refuse(decisions, code)
        await press(labels.decline)
        await heading(words.reason.title)
        await press(labels.declineWithout)
        await heading(title)
        await look(page, code, 'stuck')
        await page.unrouteAll()
        await page.reload()
        await seesRequest(page, language)
      }
      await press(labels.decline)
      await heading(words.reason.title)
      await look(page, 'reasons', 'at ease')
      await page.route(decisions, (route) => route.abort())
      await press(labels.notMe)
      await heading(words.unsent.title)
      await look(page, 'not sent', 'stuck')
      await page.unrouteAll()
      await press(labels.retry)
      await heading(words.result.declined)
      await look(page, 'declined: it was not me', 'stuck')
    })

    test('answers, and several requests', async () => {
      const right = await request()
      await offeredNumbers(page, language)
      await pickNumber(page, language, right.number)
      await heading(words.result.approved)
      await look(page, 'approved', 'at ease')
      await press(labels.done)
      const { number } = await request()
      await pickNumber(page, language, (await offeredNumbers(page, language)).find((each) => each !== number) ?? '')
      await heading(words.result.wrongNumber)
      await look(page, 'wrong number', 'stuck')
      await press(labels.done)
      const waiting = [await request(), await ask(stage.world, anna, language)]
      await press(words.back)
      await heading(words.home.waiting(2))
      await look(page, 'two requests', 'at ease')
      for (const { approval } of waiting) await cancelApproval(stage.world.running.context, approval, 'test')
    })

    test('without network', async () => {
      await app.context.setOffline(true)
      await page.reload()
      await heading(labels.noNetwork)
      await look(page, 'no network', 'stuck')
      await press(labels.authenticate)
      await field(labels.codeFromPage).waitFor()
      await look(page, 'code from the page', 'stuck')
      await press(labels.next)
      await alert()
      await look(page, 'code too short', 'stuck')
      await field(labels.codeFromPage).fill('48291736')
      await press(labels.next)
      await heading(words.offline.passcodeTitle)
      await look(page, 'passcode for a code', 'at ease')
      await typePasscode(page)
      await press(labels.generate)
      await heading(labels.response)
      await look(page, 'response code', 'at ease')
      await page.evaluate(() => {
        const now = Date.now
        Date.now = () => now() + 90_000
      })
      await heading(words.offline.over)
      await look(page, 'code that ran out', 'stuck')
    })

    test('notifications, and another passcode', async () => {
      await press(labels.more)
      await press(words.settings.notifications)
      await page.getByRole('term').waitFor()
      await look(page, 'notifications', 'at ease')
      await press(pushSettings[language])
      await page.getByRole('switch').waitFor()
      await look(page, 'settings of notifications', 'at ease')
      // This browser was never allowed to notify.
      await page.getByRole('switch').click()
      await page.getByRole('link', { name: stage.world.config.brand.supportEmail }).waitFor()
      await look(page, 'no notifications here', 'stuck')
      await press(words.back)
      await press(words.back)
      await press(words.settings.changePasscode)
      await heading(words.offline.passcodeTitle)
      await look(page, 'the passcode of now', 'at ease')
      await typePasscode(page)
      await press(labels.next)
      await heading(newPasscode[language])
      await look(page, 'a new passcode', 'at ease')
      await typePasscode(page, '593024')
      await press(labels.next)
      await page.getByRole('button', { name: labels.save, exact: true }).waitFor()
      await typePasscode(page, '593024')
      await app.context.setOffline(true)
      await press(labels.save)
      await page.getByRole('button', { name: labels.retry, exact: true }).waitFor()
      await look(page, 'passcode perhaps changed', 'stuck')
      await app.context.setOffline(false)
      await press(labels.retry)
      await page.getByRole('button', { name: labels.done, exact: true }).waitFor()
      await look(page, 'passcode changed', 'at ease')
    })

    test('a phone that is stopped, and keys that are gone', async () => {
      for (const [code, title] of [
        ['device_unknown', words.stopped.removedTitle],
        ['device_blocked', words.stopped.blockedTitle],
        ['signature_invalid', words.stopped.refusedTitle],
        ['app_outdated', words.stopped.outdatedTitle],
      ] as const) {
        await refuse('**/v1/device**', code)
        await page.reload()
        await heading(title)
        await look(page, code, 'stuck')
        if (code === 'app_outdated') {
          await press(words.stopped.update)
          await page.getByText(words.stopped.updateMissing).waitFor()
          await look(page, 'no newer version', 'stuck')
        }
        await page.unrouteAll()
      }
      await page.evaluate(
        () =>
          new Promise((resolve) => {
            indexedDB.deleteDatabase('countersign').addEventListener('success', resolve)
          }),
      )
      await page.reload()
      await heading(words.storage.lostTitle)
      await look(page, 'keys gone', 'stuck')
      await page.addInitScript(() => {
        IDBFactory.prototype.open = () => {
          throw new DOMException('The storage is broken.', 'UnknownError')
        }
      })
      await page.reload()
      await heading(words.storage.title)
      await look(page, 'storage broken', 'stuck')
    })
  })
})
