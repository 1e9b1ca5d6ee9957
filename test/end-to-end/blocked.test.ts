/** A wrong passcode, until the phone is blocked: what the phone and the page say, no sooner than that, and the way back. */
import { TestClock } from '@countersign/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { words as allWords } from '../../packages/phone/src/words.ts'
import { words as webWords } from '../../packages/sign-in/src/words.ts'
import { isLoggedIn, numberOn, pageLabels, startLogin, waitsForPhone } from './page-steps.ts'
import { approve, linkPhone, offeredNumbers, openApp, phoneLabels, seesRequest, typePasscode } from './phone-steps.ts'
import { expectAccessible, openStage, type Stage } from './stage.ts'

const language = 'sv'
const labels = phoneLabels[language]
const words = allWords[language]

let stage: Stage
beforeAll(async () => {
  // It stands still, so that two answers with the time in them can be the same.
  stage = await openStage({ clock: new TestClock(Date.now()) })
})
afterAll(() => stage[Symbol.asyncDispose]())

test('faq-06 five wrong passcodes block the phone, and the page goes on by itself; no SMS goes around it, and linked anew it is asked', async () => {
  const anna = await stage.world.addAccount('Anna')
  const { page: app } = await stage.openPhone(language)
  await linkPhone(app, stage.world, anna, language)
  await openApp(app, language)
  const web = await stage.openPage(language)
  await startLogin(stage, web, anna, language)
  await waitsForPhone(web, language)
  const learned = () => web.evaluate(async () => (await fetch(`${location.pathname}/state`)).text())
  const before = await learned()
  const press = (name: string) => app.getByRole('button', { name, exact: true }).click()
  const guess = async () => {
    await typePasscode(app, '135790')
    await press(labels.approve)
  }

  await seesRequest(app, language)
  await offeredNumbers(app, language)
  await press(await numberOn(web))
  for (const left of [4, 3, 2]) {
    await guess()
    await app.getByText(words.passcode.wrong(left), { exact: true }).waitFor()
  }
  await guess()
  await app.getByText(words.passcode.wrongLast, { exact: true }).waitFor()
  expect(await learned()).toBe(before)
  await waitsForPhone(web, language)
  await guess()
  await web.getByRole('heading', { name: webWords[language].blocked }).waitFor()
  const isBlocked = async () => {
    await app.getByRole('heading', { name: words.stopped.blockedTitle }).waitFor()
    await app.getByText(words.stopped.blocked, { exact: true }).waitFor()
    await app.getByRole('link', { name: stage.world.config.brand.supportEmail }).waitFor()
  }
  await isBlocked()
  await app.reload()
  await isBlocked()
  await press(words.stopped.checkAgain)
  await isBlocked()

  const sent = stage.world.running.inbox?.messages().length
  await startLogin(stage, web, anna, language)
  await web.getByRole('heading', { name: pageLabels[language].blocked }).waitFor()
  await web.getByText(pageLabels[language].blockedSteps).waitFor()
  await expectAccessible(web)
  expect(stage.world.running.inbox?.messages()).toHaveLength(sent ?? 0)

  await press(labels.more)
  await press(labels.logOut)
  await app.getByRole('dialog').getByRole('button', { name: labels.logOut, exact: true }).click()
  await linkPhone(app, stage.world, anna, language)
  await openApp(app, language)
  await web.getByRole('button', { name: pageLabels[language].tryAgain, exact: true }).click()
  await waitsForPhone(web, language)
  await seesRequest(app, language)
  await approve(app, language, await numberOn(web))
  await isLoggedIn(stage, web, 'Anna')
})
