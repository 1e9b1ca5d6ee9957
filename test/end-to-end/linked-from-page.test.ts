/** Protocol section 4: a phone is linked from a page of an application, without a password of ours. */

import { join } from 'node:path'
import { AccountAnswer, LinkingOffer, LinkingOfferAnswer } from '@countersign/protocol'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { isLinked, phoneLabels, savePasscode } from './phone-steps.ts'
import { expectAccessible, openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterEach(() => stage.closeWindows())
afterAll(() => stage[Symbol.asyncDispose]())

async function call(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(stage.world.config.issuer + path, {
    method,
    headers: {
      authorization: `Bearer ${stage.world.application.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: await answer.json() }
}

async function offer(person: string): Promise<LinkingOffer> {
  await call('PUT', `/v1/accounts/${person}`, { name: 'Anna Lind', email: 'anna@shop.example', locale: 'sv' })
  return LinkingOffer.parse((await call('POST', `/v1/accounts/${person}/linkings`, {})).body)
}

const progress = async (person: string, { linking }: LinkingOffer) =>
  LinkingOfferAnswer.parse((await call('GET', `/v1/accounts/${person}/linkings/${linking}`)).body).state

const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor()

async function picture(page: Page, name: string): Promise<void> {
  await expectAccessible(page)
  const folder = process.env.PICTURES
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) })
}

test('the page shows a code, the phone shows digits, and once they are on the page the phone is linked', async () => {
  const offered = await offer('anna')
  const { page } = await stage.openPhone('sv')
  // As by the camera of the phone, which opens the address in the QR code.
  await page.goto(offered.url)
  await page.getByRole('button', { name: phoneLabels.sv.start }).click()
  await heading(page, 'Koppla med en kod')
  await page.waitForFunction((code) => !location.href.includes(code), offered.code)
  expect(await page.getByLabel('Kod från webbplatsen').inputValue()).toBe(offered.code)
  await picture(page, 'offer')
  await page.getByRole('button', { name: 'Nästa' }).click()
  await heading(page, 'Skriv siffrorna på webbplatsen')
  await picture(page, 'digits')
  expect(await progress('anna', offered)).toBe('scanned')
  const shown = (await page.getByText(/^\d{3} \d{3}$/).textContent()) ?? ''
  const confirmed = await call('POST', `/v1/accounts/anna/linkings/${offered.linking}/confirm`, {
    digits: shown.replaceAll(/\D/g, ''),
  })
  expect(confirmed.status).toBe(200)
  await savePasscode(page, 'sv')
  await isLinked(page, 'sv')
  expect(await progress('anna', offered)).toBe('linked')
  const account = AccountAnswer.parse((await call('GET', '/v1/accounts/anna')).body)
  expect(account.device).toMatchObject({ state: 'active' })
})

test('a code that was typed wrong is told, and one that was used is over', async () => {
  const offered = await offer('erik')
  const { page } = await stage.openPhone('sv')
  await page.getByRole('button', { name: phoneLabels.sv.start }).click()
  await page.getByRole('button', { name: 'Jag har en kod från en webbplats' }).click()
  const field = page.getByLabel('Kod från webbplatsen')
  await field.fill('CS3:kort')
  await page.getByRole('button', { name: 'Nästa' }).click()
  await page.getByText(/Koden börjar med CS3:/).waitFor()
  await field.fill(offered.code)
  await page.getByRole('button', { name: 'Nästa' }).click()
  await heading(page, 'Skriv siffrorna på webbplatsen')
  // Whoever leaves has to have another code: this one has been used.
  await page.getByRole('button', { name: 'Avbryt' }).click()
  await page.getByRole('button', { name: 'Nästa' }).click()
  await heading(page, 'Det tog för lång tid')
  await picture(page, 'offer-over')
})
