/** For tests: what a person does first on the phone, against the scripted server. */
import type { Page } from 'playwright-core'
import { words } from './words.ts'

const { sv } = words

export const passcode = '482915'

const pressOn = (page: Page) => (name: string) => page.getByRole('button', { name, exact: true }).click()

/** Links the phone, from the first screen of all to the last question. */
export async function linkToOffer(page: Page): Promise<void> {
  const press = pressOn(page)
  await press(sv.welcome.start)
  await page.getByLabel('E-post').fill('anna@strand.example')
  await press('Nästa')
  await page.getByLabel('Lösenord').fill('hemligt')
  await press('Nästa')
  await page.getByLabel('Kod från sms:et').fill('493817')
  await press('Nästa')
  for (const [title, action] of [
    ['Välj en appkod', 'Nästa'],
    ['Upprepa appkoden', 'Spara'],
  ] as const) {
    await page.getByRole('heading', { name: title }).waitFor()
    await page.getByLabel(sv.passcode.label, { exact: true }).fill(passcode)
    await press(action)
  }
  await page.getByRole('heading', { name: 'Får telefonen säga till?' }).waitFor()
}

/** Links the phone, from the first screen of all to the first screen of a linked phone. */
export async function linkApp(page: Page): Promise<void> {
  const press = pressOn(page)
  await linkToOffer(page)
  await press('Inte nu')
  await press('Öppna appen')
  await page.getByRole('heading', { name: sv.home.none }).waitFor()
}
