/** faq-08: what runs out, by a clock that the test moves. */
import { TestClock } from '@countersign/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { challengeOn, confirmResponse, isLoggedIn, pageLabels, startLogin, waitsForPhone } from './page-steps.ts'
import { generateResponse, linkPhone, openApp, phoneLabels, seesRequest } from './phone-steps.ts'
import { openStage, type Stage } from './stage.ts'

const language = 'sv'

describe('faq-08', () => {
  let clock: TestClock
  let stage: Stage
  beforeAll(async () => {
    // Browsers and OpenID Connect go by the machine's clock: ours starts there.
    clock = new TestClock(Date.now())
    stage = await openStage({ clock })
  })
  afterEach(() => stage.closeWindows())
  afterAll(() => stage[Symbol.asyncDispose]())

  async function beginLogin() {
    const anna = await stage.world.addAccount('Anna')
    const app = await stage.openPhone(language)
    await linkPhone(app.page, stage.world, anna, language)
    await openApp(app.page, language)
    const web = await stage.openPage(language)
    await startLogin(stage, web, anna, language)
    await waitsForPhone(web, language)
    return { app, web }
  }

  test('a request that nobody answers for 90 seconds ends, on page and phone, and can be started again', async () => {
    const { app, web } = await beginLogin()
    await seesRequest(app.page, language)
    await clock.advance(90_000)
    await web.getByRole('heading', { name: pageLabels[language].expired }).waitFor()
    await app.page
      .getByRole('button', { name: phoneLabels[language].approve, exact: true })
      .waitFor({ state: 'detached' })
    await web.getByRole('button', { name: pageLabels[language].tryAgain }).click()
    await waitsForPhone(web, language)
  })

  test('a code that ran out is followed by a new one by itself, and the new one works', async () => {
    const { app, web } = await beginLogin()
    await web.getByRole('button', { name: pageLabels[language].noPush }).click()
    const first = await challengeOn(web)
    await clock.advance(90_000)
    await expect.poll(() => challengeOn(web)).not.toBe(first)
    await app.context.setOffline(true)
    await app.page.reload()
    // The phone's own clock did not move with ours: the next answer it gets over the network would tell it.
    await app.context.setOffline(false)
    await app.page.reload()
    await seesRequest(app.page, language)
    await app.context.setOffline(true)
    await app.page.reload()
    await app.page.getByRole('heading', { name: phoneLabels[language].noNetwork }).waitFor()
    await confirmResponse(web, language, await generateResponse(app.page, language, await challengeOn(web)))
    await isLoggedIn(stage, web, 'Anna')
  })
})
