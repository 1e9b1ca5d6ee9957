/** What a person does on the phone, by the labels that are on it. */
import { usualPasscode, type World, type WorldAccount } from '@countersign/testkit'
import type { Page } from 'playwright-core'
import type { Language } from './stage.ts'

/** The labels, in both languages; the Swedish ones are those that people know. */
export const phoneLabels = {
  sv: {
    start: 'Koppla telefonen',
    email: 'E-post',
    password: 'Lösenord',
    next: 'Nästa',
    save: 'Spara',
    done: 'Klar',
    approve: 'Godkänn',
    decline: 'Avböj',
    declineWithout: 'Avböj utan skäl',
    notMe: 'Det var inte jag',
    authenticate: 'Autentisera',
    authenticateByBiometrics: 'Autentisering',
    useBiometrics: 'Använd fingeravtryck eller ansikte',
    skip: 'Hoppa över',
    usePasscode: 'Använd appkoden i stället',
    generate: 'Generera',
    more: 'Annat',
    back: 'Tillbaka',
    retry: 'Försök igen',
    update: 'Uppdatera',
    notLoaded: /^Den här delen av appen kunde inte laddas/,
    logOut: 'Logga ut',
    nothingWaits: 'Inget väntar på dig',
    noNetwork: 'Inget nät',
    approved: 'Godkänt',
    smsCode: 'Kod från sms:et',
    choose: 'Välj en appkod',
    repeat: 'Upprepa appkoden',
    biometrics: 'Vill du använda fingeravtryck eller ansikte?',
    linked: 'Klart!',
    pushOffer: 'Får telefonen säga till?',
    notNow: 'Inte nu',
    enablePush: 'Aktivera pushnotiser',
    notifications: 'Notifieringar',
    settings: 'Inställningar',
    open: 'Öppna appen',
    passcode: 'Ange din appkod för att godkänna',
    number: 'Vilket nummer står på webbsidan?',
    wrongNumber: 'Fel nummer',
    codeFromPage: 'Kod från webbsidan',
    response: 'Din svarskod',
    declined: 'Avböjt',
  },
  en: {
    start: 'Link this phone',
    email: 'E-mail',
    password: 'Password',
    next: 'Next',
    save: 'Save',
    done: 'Done',
    approve: 'Approve',
    decline: 'Decline',
    declineWithout: 'Decline without a reason',
    notMe: 'It was not me',
    authenticate: 'Authenticate',
    authenticateByBiometrics: 'Authentication',
    useBiometrics: 'Use fingerprint or face',
    skip: 'Skip',
    usePasscode: 'Use the app passcode instead',
    generate: 'Generate',
    more: 'More',
    back: 'Back',
    retry: 'Try again',
    update: 'Update',
    notLoaded: /^This part of the app could not be loaded/,
    logOut: 'Log out',
    nothingWaits: 'No requests waiting',
    noNetwork: 'No network',
    approved: 'Approved',
    smsCode: 'Code from the SMS',
    choose: 'Choose an app passcode',
    repeat: 'Repeat the app passcode',
    biometrics: 'Use fingerprint or face?',
    linked: 'Done!',
    pushOffer: 'Turn on notifications?',
    notNow: 'Not now',
    enablePush: 'Turn on push notifications',
    notifications: 'Notifications',
    settings: 'Settings',
    open: 'Open the app',
    passcode: 'Enter your app passcode to approve',
    number: 'Which number is on the web page?',
    wrongNumber: 'Not the number on the page',
    codeFromPage: 'Code from the web page',
    response: 'Your response code',
    declined: 'Declined',
  },
} as const

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

const passcodeField = { sv: 'Appkod', en: 'App passcode' } as const

/** Enters six digits, as a keyboard does; without any given, the right ones. */
export async function typePasscode(page: Page, passcode = usualPasscode): Promise<void> {
  const { sv, en } = passcodeField
  await page
    .getByLabel(sv, { exact: true })
    .or(page.getByLabel(en, { exact: true }))
    .fill(passcode)
}

/** The same on the app's own keys, one after another. */
export async function pressPasscode(page: Page, passcode = usualPasscode): Promise<void> {
  for (const digit of passcode) await press(page, digit)
}

/** faq-02, its first part: e-mail and password, until the code by SMS is asked for. */
export async function linkUntilCode(page: Page, account: WorldAccount, language: Language): Promise<void> {
  const labels = phoneLabels[language]
  await press(page, labels.start)
  await page.getByLabel(labels.email, { exact: true }).fill(account.email)
  await press(page, labels.next)
  await page.getByLabel(labels.password, { exact: true }).fill(account.password)
  await press(page, labels.next)
  await page.getByLabel(labels.smsCode, { exact: true }).waitFor()
}

/** faq-02, from the code by SMS to "Save". */
export async function choosePasscode(
  page: Page,
  world: World,
  account: WorldAccount,
  language: Language,
): Promise<void> {
  const labels = phoneLabels[language]
  await page.getByLabel(labels.smsCode, { exact: true }).fill(await world.smsCode(account.phoneNumber))
  await press(page, labels.next)
  await savePasscode(page, language)
}

/** A new passcode, twice, to "Save". */
export async function savePasscode(page: Page, language: Language): Promise<void> {
  const labels = phoneLabels[language]
  await page.getByRole('heading', { name: labels.choose }).waitFor()
  await typePasscode(page)
  await press(page, labels.next)
  await page.getByRole('heading', { name: labels.repeat }).waitFor()
  await typePasscode(page)
  await press(page, labels.save)
}

/** faq-02, its second part: code by SMS, passcode, done. */
export async function linkFromCode(page: Page, world: World, account: WorldAccount, language: Language): Promise<void> {
  await choosePasscode(page, world, account, language)
  await isLinked(page, language)
}

/** The last question of linking, answered with no, and the screen that says it is done. */
export async function isLinked(page: Page, language: Language): Promise<void> {
  const { pushOffer, notNow, linked } = phoneLabels[language]
  await page.getByRole('heading', { name: pushOffer }).waitFor()
  await press(page, notNow)
  await page.getByRole('heading', { name: linked }).waitFor()
}

/** faq-02 up to "Save", on a phone that has fingerprint or face: what it asks about next is the test's to answer. */
export async function linkUntilBiometrics(
  page: Page,
  world: World,
  account: WorldAccount,
  language: Language,
): Promise<void> {
  await linkUntilCode(page, account, language)
  await choosePasscode(page, world, account, language)
  await page.getByRole('heading', { name: phoneLabels[language].biometrics }).waitFor()
}

/** faq-02: e-mail, password, code by SMS, passcode, done. */
export async function linkPhone(page: Page, world: World, account: WorldAccount, language: Language): Promise<void> {
  await linkUntilCode(page, account, language)
  await linkFromCode(page, world, account, language)
}

/** From the screen that says it is done to the first screen. */
export async function openApp(page: Page, language: Language): Promise<void> {
  await press(page, phoneLabels[language].open)
  await page.getByRole('heading', { name: phoneLabels[language].nothingWaits }).waitFor()
}

/** The one request that waits opens by itself. */
export const seesRequest = (page: Page, language: Language) =>
  page.getByRole('button', { name: phoneLabels[language].approve, exact: true }).waitFor()

/** Approves with the number that is on the page, and the passcode. */
export async function approve(page: Page, language: Language, number: string): Promise<void> {
  await offeredNumbers(page, language)
  await pickNumber(page, language, number)
}

export async function decline(page: Page, language: Language): Promise<void> {
  await press(page, phoneLabels[language].decline)
  await press(page, phoneLabels[language].declineWithout)
}

/** faq-05: the 8 digits of the page in, the response code out. Works without network. */
export async function generateResponse(page: Page, language: Language, challenge: string): Promise<string> {
  await press(page, phoneLabels[language].authenticate)
  return respondTo(page, language, challenge)
}

/** The same, where the code is asked for already. */
export async function respondTo(page: Page, language: Language, challenge: string): Promise<string> {
  const labels = phoneLabels[language]
  await page.getByLabel(labels.codeFromPage).fill(challenge)
  await press(page, labels.next)
  await typePasscode(page)
  await press(page, labels.generate)
  await page.getByRole('heading', { name: labels.response }).waitFor()
  const response = await page.locator('[data-code]').getAttribute('data-code')
  if (response === null) throw new Error('No response code is shown.')
  return response
}

/** The numbers that the app offers, once "Approve" was pressed. */
export async function offeredNumbers(page: Page, language: Language): Promise<string[]> {
  await press(page, phoneLabels[language].approve)
  await page.getByRole('heading', { name: phoneLabels[language].number }).waitFor()
  return page.getByRole('button', { name: /^\d\d$/ }).allTextContents()
}

/** Picks a number, and gives the passcode. */
export async function pickNumber(page: Page, language: Language, number: string): Promise<void> {
  await press(page, number)
  await page.getByRole('heading', { name: phoneLabels[language].passcode }).waitFor()
  await typePasscode(page)
  await press(page, phoneLabels[language].approve)
}
