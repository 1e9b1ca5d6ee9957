/** faq-06 of the product's behaviour, in a real browser: an account without a phone. `blocked.test.ts` has one whose phone is blocked. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { isLoggedIn, numberOn, pageLabels, startLogin, typeSmsCode, waitsForPhone } from './page-steps.ts'
import { approve, linkPhone, openApp, seesRequest } from './phone-steps.ts'
import { expectAccessible, openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterEach(() => stage.closeWindows())
afterAll(() => stage[Symbol.asyncDispose]())

/** A code that is not this one. */
const otherThan = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

const language = 'sv'
const labels = pageLabels[language]
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
