/** What a person does on the computer, by the labels that are on the pages. */
import type { WorldAccount } from '@countersign/testkit'
import type { Page } from 'playwright-core'
import type { Language, Stage } from './stage.ts'

/** The labels, in both languages; the Swedish ones are those that people know. */
export const pageLabels = {
  sv: {
    logIn: 'Logga in',
    logOut: 'Logga ut',
    email: 'E-post',
    password: 'Lösenord',
    next: 'Nästa',
    openOn: /^Öppna Countersign på /,
    approveOn: /^Godkänn på /,
    pushed: /^En pushnotis har skickats till |har fått pushnotisen\.$/,
    pushReceived: /har fått pushnotisen\.$/,
    pushFailed: /^Vi når inte /,
    inApp: /^Förfrågan finns på .* nu\.$/,
    noPush: 'Jag fick ingen pushnotis',
    response: 'Svarskod',
    confirm: 'Bekräfta',
    wrongNumber: 'Ett annat nummer valdes',
    declined: 'Du avböjde inloggningen',
    notMe: 'Du svarade att det inte var du',
    codesSpent: 'För många felaktiga koder',
    over: 'Den här inloggningen är över',
    expired: 'Tiden gick ut',
    tryAgain: 'Försök igen',
    smsCode: 'Kod från sms:et',
    smsRefused: /Det var inte rätt kod/,
    smsResend: 'Skicka en ny kod',
    triesLeft: '4 försök kvar',
    noDevice: 'Ingen telefon är kopplad',
    phoneLinked: 'Telefonen är kopplad',
    goOn: 'Fortsätt till Strand',
    blocked: 'Telefonen är spärrad',
    blockedSteps: '”Annat” och sedan på ”Logga ut”',
    refusedCode: /Svarskoden stämmer inte/,
  },
  en: {
    logIn: 'Log in',
    logOut: 'Log out',
    email: 'E-mail',
    password: 'Password',
    next: 'Next',
    openOn: /^Open Countersign on /,
    approveOn: /^Approve on /,
    pushed: /^A push notification was sent to |has received the push notification\.$/,
    pushReceived: /has received the push notification\.$/,
    pushFailed: /^We cannot reach /,
    inApp: /^The request is on .* now\.$/,
    noPush: "I didn't get a push notification",
    response: 'Response code',
    confirm: 'Confirm',
    wrongNumber: 'Another number was picked',
    declined: 'You declined the login',
    notMe: 'You said that it was not you',
    codesSpent: 'Too many wrong codes',
    over: 'This login is over',
    expired: 'The time ran out',
    tryAgain: 'Try again',
    smsCode: 'Code from the SMS',
    smsRefused: /That was not the code/,
    smsResend: 'Send a new code',
    triesLeft: '4 tries left',
    noDevice: 'No phone is linked',
    phoneLinked: 'Your phone is linked',
    goOn: 'Continue to Strand',
    blocked: 'The phone is blocked',
    blockedSteps: '“More” and then “Log out”',
    refusedCode: /That response code does not fit/,
  },
} as const

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** From Strand's first page through e-mail and password. */
async function typePassword(page: Page, account: WorldAccount, language: Language): Promise<void> {
  const labels = pageLabels[language]
  await page.getByLabel(labels.email, { exact: true }).fill(account.email)
  await press(page, labels.next)
  await page.getByLabel(labels.password, { exact: true }).fill(account.password)
  await press(page, labels.next)
}

/** Opens Strand, and logs in as far as the password goes. */
export async function startLogin(stage: Stage, page: Page, account: WorldAccount, language: Language): Promise<void> {
  await page.goto(stage.strandUrl)
  await page
    .getByRole('link', { name: pageLabels[language].logIn })
    .or(page.getByRole('button', { name: pageLabels[language].logIn }))
    .first()
    .click()
  await typePassword(page, account, language)
}

/** The page asks the person to open the app, or to approve in the one that is open. */
export function waitsForPhone(page: Page, language: Language): Promise<void> {
  const { openOn, approveOn } = pageLabels[language]
  return page
    .getByRole('heading', { name: openOn })
    .or(page.getByRole('heading', { name: approveOn }))
    .waitFor()
}

/** The person is in: Strand greets them, on its own address. */
export async function isLoggedIn(stage: Stage, page: Page, name: string): Promise<void> {
  await page.waitForURL((url) => url.origin === stage.strandUrl)
  await page.getByText(name).first().waitFor()
}

/** The 8 digits on the page. */
export async function challengeOn(page: Page): Promise<string> {
  const shown = page.getByText(/^\s*\d{4}\s*\d{4}\s*$/).first()
  await shown.waitFor()
  return ((await shown.textContent()) ?? '').replace(/\D/g, '')
}

/** Types a response code and confirms it. */
export async function confirmResponse(page: Page, language: Language, response: string): Promise<void> {
  await page.getByLabel(pageLabels[language].response, { exact: true }).fill(response)
  await press(page, pageLabels[language].confirm)
}

/** Types a code from an SMS and sends it. */
export async function typeSmsCode(page: Page, language: Language, code: string): Promise<void> {
  await page.getByLabel(pageLabels[language].smsCode, { exact: true }).fill(code)
  await press(page, pageLabels[language].next)
}

/** The two digits on the page. */
export async function numberOn(page: Page): Promise<string> {
  const shown = page.getByText(/^\d\d$/).and(page.locator('strong'))
  return (await shown.textContent()) ?? ''
}
