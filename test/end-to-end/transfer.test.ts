/** faq-01 (transfer), 07, 08 and 09 of the product's behaviour, in a real browser: Strand's page, the popup, the phone. */
import { TestClock, usualPasscode } from '@countersign/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openLooks } from './every-screen.ts'
import {
  challengeOn,
  confirmResponse,
  isLoggedIn,
  numberOn,
  pageLabels,
  startLogin,
  typeSmsCode,
  waitsForPhone,
} from './page-steps.ts'
import { approve, generateResponse, linkPhone, openApp, seesRequest } from './phone-steps.ts'
import { type Language, openStage, type Stage } from './stage.ts'
import {
  bill,
  isPaid,
  pay,
  popupOn,
  pressInPopup,
  timesPaid,
  transferLabels,
  typeBill,
  typedBill,
} from './transfer-steps.ts'

let clock: TestClock
let stage: Stage
beforeAll(async () => {
  // Browsers and OpenID Connect go by the machine's clock: ours starts there.
  clock = new TestClock(Date.now())
  stage = await openStage({ clock })
})
afterEach(() => stage.closeWindows())
afterAll(() => stage[Symbol.asyncDispose]())

/** Somebody who is logged in to Strand, with the phone app in a window of its own. */
async function logInByPhone(language: Language) {
  const anna = await stage.world.addAccount('Anna')
  const app = await stage.openPhone(language)
  await linkPhone(app.page, stage.world, anna, language)
  await openApp(app.page, language)
  const web = await stage.openPage(language)
  await startLogin(stage, web, anna, language)
  await waitsForPhone(web, language)
  await seesRequest(app.page, language)
  await approve(app.page, language, await numberOn(web))
  await isLoggedIn(stage, web, 'Anna')
  return { app, web }
}

/** Somebody who is logged in to Strand, with a phone that is a program. */
async function logIn(language: Language) {
  const anna = await stage.world.addAccount('Anna')
  const phone = await stage.world.linkPhone(anna)
  const asked = async () => {
    const [shown] = (await phone.pendingApprovals()).approvals
    if (shown === undefined) throw new Error('Nothing waits.')
    return shown
  }
  const approveOnPhone = async () => stage.world.approve(phone, await asked())
  const web = await stage.openPage(language)
  await startLogin(stage, web, anna, language)
  await waitsForPhone(web, language)
  await approveOnPhone()
  await isLoggedIn(stage, web, 'Anna')
  const openTab = async () => {
    const tab = await web.context().newPage()
    await tab.goto(stage.strandUrl)
    return tab
  }
  return { web, phone, asked, openTab, approveOnPhone }
}

/** The same, who has typed a bill and sent it. */
async function beginPayment(language: Language) {
  const anna = await logIn(language)
  await typeBill(anna.web, language)
  await pay(anna.web, language)
  await popupOn(anna.web, language).waitFor()
  return anna
}

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  const labels = transferLabels[language]
  const { payee } = bill[language]

  test('faq-01 faq-07 a bill is paid once: the popup points to the phone, the phone shows it, the page has the receipt', async () => {
    const looks = openLooks(language, stage.world.config.brand.supportEmail)
    const { app, web } = await logInByPhone(language)
    await app.page.reload()

    await looks.look(web, 'account', 'stuck')
    await typeBill(web, language)
    await web.getByLabel(labels.keep).check()
    await looks.look(web, 'form', 'stuck')
    await pay(web, language)
    await popupOn(web, language).waitFor()
    await looks.look(web, 'popup', 'stuck')
    await seesRequest(app.page, language)
    for (const line of [/1[\s,]250[.,]50\sSEK/, payee, 'SE45 5000 0000 0583 9825 7466', bill[language].message]) {
      await app.page.getByText(line).first().waitFor()
    }
    await approve(app.page, language, await numberOn(web))
    await isPaid(web, language)
    await looks.look(web, 'receipt', 'at ease')
    expect(await timesPaid(web, payee)).toBe(1)
    await web.reload()
    expect(await timesPaid(web, payee)).toBe(1)
    await web.getByRole('button', { name: labels.newPayment }).click()
    await web.getByLabel(labels.kept).selectOption({ index: 1 })
    expect(await typedBill(web, language)).toMatchObject({ payee, accountNumber: bill[language].accountNumber })
    expect(looks.faults).toEqual([])
  })

  test('faq-05 a bill is paid while the phone has no network, by a code', async () => {
    const looks = openLooks(language, stage.world.config.brand.supportEmail)
    const { app, web } = await logInByPhone(language)
    await app.context.setOffline(true)
    await app.page.reload()
    await typeBill(web, language)
    await pay(web, language)
    await popupOn(web, language).waitFor()
    await pressInPopup(web, labels.noPush)
    const response = await generateResponse(app.page, language, await challengeOn(web))
    await looks.look(web, 'code', 'stuck')
    await confirmResponse(web, language, response)
    await isPaid(web, language)
    expect(await timesPaid(web, payee)).toBe(1)
    expect(looks.faults).toEqual([])
  })

  test('faq-08 faq-09 a payment that nobody answers ends, says so, and what was typed stays', async () => {
    const looks = openLooks(language, stage.world.config.brand.supportEmail)
    const { web, approveOnPhone } = await beginPayment(language)
    await clock.advance(90_000)
    await web.getByRole('heading', { name: labels.expired }).waitFor()
    await looks.look(web, 'popup: expired', 'stuck')
    await pressInPopup(web, labels.close)
    await web.getByRole('alert').getByText(labels.expired).waitFor()
    expect(await typedBill(web, language)).toEqual(bill[language])
    await looks.look(web, 'expired', 'stuck')
    await web.getByRole('button', { name: labels.tryAgain, exact: true }).click()
    await popupOn(web, language).waitFor()
    await clock.advance(90_000)
    await web.getByRole('heading', { name: labels.expired }).waitFor()
    // The popup's own way to begin again.
    await pressInPopup(web, labels.tryAgain)
    await popupOn(web, language).waitFor()
    await approveOnPhone()
    await isPaid(web, language)
    expect(await timesPaid(web, payee)).toBe(1)
    expect(looks.faults).toEqual([])
  })
})

describe('faq-07 exactly once', () => {
  const language = 'sv'
  const { payee } = bill[language]

  test('when the page is loaded again while it waits', async () => {
    const { web, approveOnPhone } = await beginPayment(language)
    await web.reload()
    await popupOn(web, language).waitFor()
    await approveOnPhone()
    await isPaid(web, language)
    await web.reload()
    expect(await timesPaid(web, payee)).toBe(1)
  })

  test('in two tabs that wait for the same', async () => {
    const { web, openTab, approveOnPhone } = await beginPayment(language)
    const other = await openTab()
    await popupOn(other, language).waitFor()
    await approveOnPhone()
    await Promise.all([isPaid(web, language), isPaid(other, language)])
    for (const tab of [web, other]) expect(await timesPaid(tab, payee)).toBe(1)
  })

  test('when it is approved while no page is open', async () => {
    const { web, openTab, approveOnPhone } = await beginPayment(language)
    await web.goto('about:blank')
    await approveOnPhone()
    expect(await timesPaid(await openTab(), payee)).toBe(1)
  })
})

describe('what comes to nothing is said, and what was typed stays', () => {
  const language = 'sv'
  const labels = transferLabels[language]

  test('when it is declined on the phone', async () => {
    const { web, phone, asked } = await beginPayment(language)
    await phone.decline(await asked(), 'changed-mind')
    await pressInPopup(web, labels.close)
    await web.getByRole('alert').getByText(labels.declined).waitFor()
    expect(await typedBill(web, language)).toEqual(bill[language])
  })

  test('when another number is picked', async () => {
    const { web, phone, asked } = await beginPayment(language)
    const right = await numberOn(web)
    const shown = await asked()
    await phone.approve(
      shown,
      usualPasscode,
      shown.numbers?.find((number) => number !== right),
    )
    await pressInPopup(web, labels.close)
    await web.getByRole('alert').getByText(labels.wrongNumber).waitFor()
    expect(await typedBill(web, language)).toEqual(bill[language])
  })

  test('when it is cancelled on the page', async () => {
    const { web } = await beginPayment(language)
    await pressInPopup(web, labels.cancel)
    await web.getByRole('alert').getByText(labels.cancelled).waitFor()
    expect(await typedBill(web, language)).toEqual(bill[language])
  })

  test('faq-06 without a phone, the page leads to linking one', async () => {
    const anna = await stage.world.addAccount('Anna')
    const web = await stage.openPage(language)
    await startLogin(stage, web, anna, language)
    await typeSmsCode(web, language, await stage.world.smsCode(anna.phoneNumber))
    await web.getByRole('button', { name: pageLabels[language].goOn }).click()
    await isLoggedIn(stage, web, 'Anna')
    await typeBill(web, language)
    await pay(web, language)
    await web.getByRole('alert').getByText(labels.noDevice).waitFor()
    expect(await typedBill(web, language)).toEqual(bill[language])
    const opened = web.context().waitForEvent('page')
    await web.getByRole('link', { name: labels.linkPhone }).click()
    const linking = await opened
    await linking.getByLabel(pageLabels[language].email, { exact: true }).waitFor()
  })
})
