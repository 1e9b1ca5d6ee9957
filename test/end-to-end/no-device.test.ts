/** faq-06 of the product's behaviour, in a real browser: an account without a phone, and one whose phone is blocked. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { isLoggedIn, numberOn, pageLabels, startLogin, typeSmsCode, waitsForPhone } from './page-steps.ts'
import { approve, linkPhone, offeredNumbers, openApp, phoneLabels, seesRequest } from './phone-steps.ts'
import { expectAccessible, openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterEach(() => stage.closeWindows())
afterAll(() => stage[Symbol.asyncDispose]())

/** A code that is not this one. */
const otherThan = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  const labels = pageLabels[language]
  const phone = {
    ...phoneLabels[language],
    blocked: { sv: 'Telefonen är spärrad', en: 'This phone is blocked' }[language],
  }
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

  /** A person without a phone, whose password was right. */
  async function beginWithoutPhone() {
    const erik = await stage.world.addAccount('Erik')
    const web = await stage.openPage(language)
    await startLogin(stage, web, erik, language)
    await web.getByLabel(labels.smsCode, { exact: true }).waitFor()
    return { erik, web, code: await stage.world.smsCode(erik.phoneNumber) }
  }

  test('faq-06 a code by SMS, then the phone is linked, the page notices, and the person is in', async () => {
    const { erik, web, code } = await beginWithoutPhone()
    await expectAccessible(web)
    await typeSmsCode(web, language, code)
    await web.getByRole('heading', { name: labels.noDevice }).waitFor()
    await expectAccessible(web)
    const address = web.getByRole('link', { name: stage.world.config.phoneUrl })
    expect(await address.getAttribute('href')).toContain(stage.world.config.phoneUrl)

    const app = await stage.openPhone(language)
    await linkPhone(app.page, stage.world, erik, language)
    await openApp(app.page, language)
    await web.getByRole('heading', { name: labels.phoneLinked }).waitFor()
    await expectAccessible(web)
    await press(web, labels.goOn)
    await isLoggedIn(stage, web, 'Erik')

    // From now on it is the phone that is asked.
    await web.getByRole('button', { name: labels.logOut }).click()
    await web.getByText(labels.logIn).first().waitFor()
    await startLogin(stage, web, erik, language)
    await waitsForPhone(web, language)
    await seesRequest(app.page, language)
    await approve(app.page, language, await numberOn(web))
    await isLoggedIn(stage, web, 'Erik')
  })

  test('faq-06 who wants to link a phone later goes on without', async () => {
    const { web, code } = await beginWithoutPhone()
    await typeSmsCode(web, language, code)
    await press(web, labels.goOn)
    await isLoggedIn(stage, web, 'Erik')
  })

  test('faq-06 a wrong code costs a try and keeps what was typed; another code works', async () => {
    const { erik, web, code } = await beginWithoutPhone()
    await typeSmsCode(web, language, otherThan(code))
    await web.getByText(labels.smsRefused).waitFor()
    await web.getByText(labels.triesLeft).waitFor()
    const field = web.getByLabel(labels.smsCode, { exact: true })
    expect(await field.inputValue()).toBe(otherThan(code))
    await expectAccessible(web)
    await press(web, labels.smsResend)
    await expect.poll(() => stage.world.smsCode(erik.phoneNumber)).not.toBe(code)
    await typeSmsCode(web, language, await stage.world.smsCode(erik.phoneNumber))
    await web.getByRole('heading', { name: labels.noDevice }).waitFor()
  })

  /** Approves with a passcode that is wrong, until the phone is blocked. */
  async function blockPhone(app: Page): Promise<void> {
    const [number = ''] = await offeredNumbers(app, language)
    await press(app, number)
    await app.getByRole('heading', { name: phone.passcode }).waitFor()
    for (const left of [4, 3, 2, 1, 0]) {
      for (const digit of '999999') await press(app, digit)
      await press(app, phone.approve)
      if (left > 0)
        await app
          .getByRole('alert')
          .getByText(left === 1 ? /Ett|One/ : `${left} `)
          .waitFor()
    }
    await app.getByRole('heading', { name: phone.blocked }).waitFor()
  }

  test('faq-06 a blocked phone is no missing one: the page says so, no SMS is sent, and linked anew it is asked', async () => {
    const anna = await stage.world.addAccount('Anna')
    const app = await stage.openPhone(language)
    await linkPhone(app.page, stage.world, anna, language)
    await openApp(app.page, language)
    const web = await stage.openPage(language)
    await startLogin(stage, web, anna, language)
    await waitsForPhone(web, language)
    await seesRequest(app.page, language)
    await blockPhone(app.page)
    const sent = stage.world.running.inbox?.messages().length
    await startLogin(stage, web, anna, language)
    await web.getByRole('heading', { name: labels.blocked }).waitFor()
    await web.getByText(labels.blockedSteps).waitFor()
    await expectAccessible(web)
    expect(stage.world.running.inbox?.messages()).toHaveLength(sent ?? 0)

    await press(app.page, phone.more)
    await press(app.page, phone.logOut)
    await app.page.getByRole('dialog').getByRole('button', { name: phone.logOut, exact: true }).click()
    await linkPhone(app.page, stage.world, anna, language)
    await openApp(app.page, language)
    await press(web, labels.tryAgain)
    await waitsForPhone(web, language)
    await seesRequest(app.page, language)
    await approve(app.page, language, await numberOn(web))
    await isLoggedIn(stage, web, 'Anna')
  })
})
