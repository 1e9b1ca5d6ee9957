/** faq-01 (login), 02, 04, 05 and 08 of the product's behaviour, in a real browser: page and phone side by side. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
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
  decline,
  generateResponse,
  linkPhone,
  offeredNumbers,
  openApp,
  phoneLabels,
  pickNumber,
  pressPasscode,
  seesRequest,
} from './phone-steps.ts'
import { expectAccessible, openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterEach(() => stage.closeWindows())
afterAll(() => stage[Symbol.asyncDispose]())

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  const page = pageLabels[language]
  const phone = phoneLabels[language]

  /** Every case in Swedish; faq-01, 02 and 05 in English too. */
  const inSwedish = (name: string, body: () => Promise<void>) => {
    if (language === 'sv') test(name, body)
  }

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

  test('faq-02 a phone is linked by logging in on it; faq-01 faq-04 the page waits, the phone approves, the page goes on', async () => {
    const anna = await stage.world.addAccount('Anna')
    const app = await stage.openPhone(language)
    await expectAccessible(app.page)
    await linkPhone(app.page, stage.world, anna, language)
    await expectAccessible(app.page)
    await openApp(app.page, language)
    await expectAccessible(app.page)
    const web = await stage.openPage(language)
    await startLogin(stage, web, anna, language)
    await waitsForPhone(web, language)
    await expectAccessible(web)
    await seesRequest(app.page, language)
    await expectAccessible(app.page)
    await web.getByText(page.inApp).waitFor()
    expect(await web.getByText(page.pushed).count()).toBe(0)
    await offeredNumbers(app.page, language)
    await app.page.getByRole('button', { name: await numberOn(web), exact: true }).click()
    await app.page.getByRole('heading', { name: phone.passcode }).waitFor()
    await pressPasscode(app.page)
    await app.page.getByRole('button', { name: phone.approve, exact: true }).click()
    await app.page.getByRole('heading', { name: phone.approved }).waitFor()
    await isLoggedIn(stage, web, 'Anna')
    await expectAccessible(web)
    await web.getByRole('button', { name: page.logOut }).click()
    await web.getByText(page.logIn).first().waitFor()
  })

  inSwedish('faq-04 a decline is said at once', async () => {
    const { app, web } = await beginLogin()
    await seesRequest(app.page, language)
    await decline(app.page, language)
    await app.page.getByRole('heading', { name: phone.declined }).waitFor()
    await web.getByRole('heading', { name: page.declined }).waitFor()
    await expectAccessible(web)
  })

  inSwedish('a wrong number ends it, and both sides say so', async () => {
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

  test('faq-05 without network on the phone, a code on the page and a response from the app do the same; a wrong one is refused and stays', async () => {
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
    const wrong = response === '12345678' ? '87654321' : '12345678'
    await confirmResponse(web, language, wrong)
    await web.getByText(page.refusedCode).first().waitFor()
    expect((await web.getByLabel(page.response, { exact: true }).inputValue()).replace(/\D/g, '')).toBe(wrong)
    await expectAccessible(web)
    await confirmResponse(web, language, response)
    await isLoggedIn(stage, web, 'Anna')
  })

  for (const [name, off] of [
    ['an hour fast', 3_600_000],
    ['an hour slow', -3_600_000],
  ] as const)
    inSwedish(`faq-12 a phone whose clock is ${name} has learned by how much, and its codes work`, async () => {
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
