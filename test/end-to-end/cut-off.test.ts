/** Linking, and another passcode, that are cut off in the middle: nothing is half done when the app is opened again. */
import { usualPasscode } from '@countersign/testkit'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { approvalOf, ask } from './ask.ts'
import {
  choosePasscode,
  linkPhone,
  linkUntilCode,
  offeredNumbers,
  openApp,
  phoneLabels,
  seesRequest,
  typePasscode,
} from './phone-steps.ts'
import { type Account, expectAccessible, openStage, type PhoneWindow, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const labels = {
  ...phoneLabels.sv,
  unfinished: 'Kopplingen är inte klar',
  neverFinished: /Kopplingen blev aldrig klar/,
  change: 'Byt appkod',
  current: 'Ange din appkod',
  chooseOther: 'Välj en ny appkod',
  repeatOther: 'Upprepa den nya appkoden',
  noAnswer: 'Inget svar från servern',
  leave: 'Lämna',
  changed: 'Appkoden är bytt',
  wrongPasscode: /Fel appkod/,
}
const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor()
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** What gets lost on the way: the request itself, or the answer of a server that has done it. */
async function lose(page: Page, what: 'request' | 'answer'): Promise<void> {
  await page.route('**/activate', async (route) => {
    if (what === 'answer') await route.fetch()
    await route.abort()
  })
}

async function startLinking(): Promise<{ anna: Account; app: PhoneWindow }> {
  const anna = await stage.world.addAccount('Anna')
  const app = await stage.openPhone('sv')
  await linkUntilCode(app.page, anna, 'sv')
  return { anna, app }
}

async function changePasscode(page: Page, now: string, next: string): Promise<void> {
  await press(page, labels.more)
  await press(page, labels.change)
  await heading(page, labels.current)
  await typePasscode(page, now)
  await press(page, labels.next)
  await heading(page, labels.chooseOther)
  await typePasscode(page, next)
  await press(page, labels.next)
  await heading(page, labels.repeatOther)
  await typePasscode(page, next)
  await press(page, labels.save)
}

/** A request is approved with this passcode, and without a refusal. */
async function approves(anna: Account, page: Page, passcode: string): Promise<void> {
  const { approval, number } = await ask(stage.world, anna, 'sv')
  await seesRequest(page, 'sv')
  await offeredNumbers(page, 'sv')
  await press(page, number)
  await heading(page, labels.passcode)
  await typePasscode(page, passcode)
  await press(page, labels.approve)
  await heading(page, labels.approved)
  expect(await page.getByText(labels.wrongPasscode).count()).toBe(0)
  expect((await approvalOf(stage.world, approval)).state).toBe('approved')
  await press(page, labels.done)
  await heading(page, labels.nothingWaits)
}

describe('linking', () => {
  afterEach(() => stage.closeWindows())

  test('whose last answer was lost: the app is opened again, and the phone is linked', async () => {
    const { anna, app } = await startLinking()
    await lose(app.page, 'answer')
    await choosePasscode(app.page, stage.world, anna, 'sv')
    await heading(app.page, labels.unfinished)
    await expectAccessible(app.page)
    await app.page.reload()
    await heading(app.page, labels.nothingWaits)
    await approves(anna, app.page, usualPasscode)
  })

  test('whose last request was lost: the app is opened again, nothing is linked, and it can be linked', async () => {
    const { anna, app } = await startLinking()
    await lose(app.page, 'request')
    await choosePasscode(app.page, stage.world, anna, 'sv')
    await heading(app.page, labels.unfinished)
    await expectAccessible(app.page)
    await app.page.unroute('**/activate')
    await app.page.reload()
    await app.page.getByText(labels.neverFinished).waitFor()
    await expectAccessible(app.page)
    await linkPhone(app.page, stage.world, anna, 'sv')
  })
})

describe('another passcode', () => {
  let anna: Account
  let app: PhoneWindow
  /** The passcode in force, and another one. */
  let [now, next] = [usualPasscode, '593024']
  const isChanged = () => {
    ;[now, next] = [next, now]
  }

  beforeAll(async () => {
    anna = await stage.world.addAccount('Anna')
    app = await stage.openPhone('sv')
    await linkPhone(app.page, stage.world, anna, 'sv')
    await openApp(app.page, 'sv')
  })

  test('whose last answer was lost: trying again finds that it is changed', async () => {
    await lose(app.page, 'answer')
    await changePasscode(app.page, now, next)
    await heading(app.page, labels.noAnswer)
    await expectAccessible(app.page)
    await app.page.unroute('**/activate')
    await press(app.page, labels.retry)
    await heading(app.page, labels.changed)
    isChanged()
    await press(app.page, labels.done)
    await press(app.page, labels.back)
    await approves(anna, app.page, now)
  })

  test.each(['answer', 'request'] as const)(
    'whose last %s was lost: the app is opened again, and one passcode works',
    async (what) => {
      await lose(app.page, what)
      await changePasscode(app.page, now, next)
      await heading(app.page, labels.noAnswer)
      await app.page.unroute('**/activate')
      await app.page.reload()
      await heading(app.page, labels.nothingWaits)
      if (what === 'answer') isChanged()
      await approves(anna, app.page, now)
    },
  )

  test('in one window of the app is known to the other one', async () => {
    const second = await app.context.newPage()
    await second.goto(stage.world.config.phoneUrl)
    await heading(second, labels.nothingWaits)
    await changePasscode(app.page, now, next)
    await heading(app.page, labels.changed)
    isChanged()
    await app.page.close()
    const read = second.waitForResponse((response) => response.url().endsWith('/v1/device'))
    await second.evaluate(() => window.dispatchEvent(new Event('online')))
    await read
    await approves(anna, second, now)
  })
})
