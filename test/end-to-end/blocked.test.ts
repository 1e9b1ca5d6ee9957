/** A wrong passcode, until the phone is blocked: what the phone says, and that the page goes on then, and no sooner. */
import { TestClock } from '@countersign/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { words as allWords } from '../../packages/phone/src/words.ts'
import { words as webWords } from '../../packages/sign-in/src/words.ts'
import { numberOn, startLogin, waitsForPhone } from './page-steps.ts'
import { linkPhone, offeredNumbers, openApp, phoneLabels, seesRequest, typePasscode } from './phone-steps.ts'
import { openStage, type Stage } from './stage.ts'

const language = 'sv'
const labels = phoneLabels[language]
const words = allWords[language]

let clock: TestClock
let stage: Stage
beforeAll(async () => {
  // Browsers and OpenID Connect go by the machine's clock: ours starts there.
  clock = new TestClock(Date.now())
  stage = await openStage({ clock })
})
afterAll(() => stage[Symbol.asyncDispose]())

test('five wrong passcodes block the phone, one after the other told there, and the page goes on by itself', async () => {
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
})
