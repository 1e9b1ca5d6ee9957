/** faq-01 (login), 02, 04, 05 and 08 of the product's behaviour, in a real browser: page and phone side by side. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
  approve,
  decline,
  generateResponse,
  linkPhone,
  offeredNumbers,
  openApp,
  phoneLabels,
  pickNumber,
  seesRequest,
} from './phone-steps.ts'
import { expectAccessible, openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  const page = pageLabels[language]
  const phone = phoneLabels[language]

  /** A person with a linked phone and a page that waits for it. */
  async function beginLogin() {
    const anna = await stage.world.addAccount('Anna')
    const app = await stage.openPhone(language)
    await linkPhone(app.page, stage.world, anna, language)
    await openApp(app.page, language)
    const web = await stage.openPage(language)
    await startLogin(stage, web, anna, language)
    await waitsForPhone(web, language)
    return { anna, app, web }
  }

  test('faq-02 a phone is linked by logging in on it', async () => {
    const anna = await stage.world.addAccount('Anna')
    const app = await stage.openPhone(language)
    await expectAccessible(app.page)
    await linkPhone(app.page, stage.world, anna, language)
    await expectAccessible(app.page)
    await openApp(app.page, language)
    await expectAccessible(app.page)
  })

  test('faq-01 faq-04 the page waits, the phone approves, the page goes on by itself', async () => {
    const { app, web } = await beginLogin()
    await expectAccessible(web)
    await seesRequest(app.page, language)
    await expectAccessible(app.page)
    await approve(app.page, language, await numberOn(web))
    await app.page.getByRole('heading', { name: phone.approved }).waitFor()
    await isLoggedIn(stage, web, 'Anna')
    await expectAccessible(web)
    await web.getByRole('button', { name: page.logOut }).click()
    await web.getByText(page.logIn).first().waitFor()
  })

  test('faq-04 a decline is said at once', async () => {
    const { app, web } = await beginLogin()
    await seesRequest(app.page, language)
    await decline(app.page, language)
    await app.page.getByRole('heading', { name: phone.declined }).waitFor()
    await web.getByRole('heading', { name: page.declined }).waitFor()
    await expectAccessible(web)
  })

  test('a wrong number ends it, and both sides say so', async () => {
    const { app, web } = await beginLogin()
    await seesRequest(app.page, language)
    const right = await numberOn(web)
    const offered = await offeredNumbers(app.page, language)
    expect(offered).toContain(right)
    await expectAccessible(app.page)
    await pickNumber(app.page, language, offered.find((number) => number !== right) ?? '')
    await app.page.getByRole('heading', { name: phone.wrongNumber }).waitFor()
    await web.getByRole('heading', { name: page.wrongNumber }).waitFor()
    await expectAccessible(web)
  })

  test('faq-05 without network on the phone, a code on the page and a response from the app do the same', async () => {
    const { app, web } = await beginLogin()
    await app.context.setOffline(true)
    // Opened anew, without network: from its service worker.
    await app.page.reload()
    await app.page.getByRole('heading', { name: phone.noNetwork }).waitFor()
    await expectAccessible(app.page)
    await web.getByRole('button', { name: page.noPush }).click()
    const response = await generateResponse(app.page, language, await challengeOn(web))
    await expectAccessible(app.page)
    await expectAccessible(web)
    await confirmResponse(web, language, response)
    await isLoggedIn(stage, web, 'Anna')
  })

  test('faq-05 a wrong response is refused with the same hint, and what was typed stays', async () => {
    const { web } = await beginLogin()
    await web.getByRole('button', { name: page.noPush }).click()
    await challengeOn(web)
    await confirmResponse(web, language, '12345678')
    await web.getByText(page.refusedCode).first().waitFor()
    expect((await web.getByLabel(page.response, { exact: true }).inputValue()).replace(/\D/g, '')).toBe('12345678')
    await expectAccessible(web)
  })

  test.each([
    ['an hour fast', 3_600_000],
    ['an hour slow', -3_600_000],
  ])('faq-12 a phone whose clock is %s has learned by how much, and its codes work', async (_name, off) => {
    const anna = await stage.world.addAccount('Anna')
    const app = await stage.openPhone(language, off)
    await linkPhone(app.page, stage.world, anna, language)
    await openApp(app.page, language)
    const web = await stage.openPage(language)
    await startLogin(stage, web, anna, language)
    await waitsForPhone(web, language)
    await app.context.setOffline(true)
    await app.page.reload()
    await web.getByRole('button', { name: page.noPush }).click()
    await confirmResponse(web, language, await generateResponse(app.page, language, await challengeOn(web)))
    await isLoggedIn(stage, web, 'Anna')
  })
})
