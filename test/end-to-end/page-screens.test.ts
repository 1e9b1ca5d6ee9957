/** The pages on the computer, in both languages, as the real server answers them: see `every-screen.ts`. */
import { TestClock } from '@countersign/testkit'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Looks, openLooks } from './every-screen.ts'
import { challengeOn, confirmResponse, pageLabels, startLogin, waitsForPhone } from './page-steps.ts'
import { openStage, type Stage } from './stage.ts'

let clock: TestClock
let stage: Stage
beforeAll(async () => {
  // Browsers and OpenID Connect go by the machine's clock: ours starts there.
  clock = new TestClock(Date.now())
  stage = await openStage({ clock })
})
afterAll(() => stage[Symbol.asyncDispose]())

describe.each(['sv', 'en'] as const)('faq-09 nobody is kept out or left alone, in %s:', (language) => {
  const labels = pageLabels[language]
  let page: Page
  let looks: Looks
  const look: Looks['look'] = (...screen) => looks.look(...screen)

  beforeEach(async () => {
    looks = openLooks(language, stage.world.config.brand.supportEmail)
    page = await stage.openPage(language)
  })
  afterEach(async () => {
    await page.context().close()
    expect(looks.faults).toEqual([])
  })

  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const heading = (name: string) => page.getByRole('heading', { name }).waitFor()

  async function beginLogin() {
    const anna = await stage.world.addAccount('Anna')
    const phone = await stage.world.linkPhone(anna)
    await startLogin(stage, page, anna, language)
    await waitsForPhone(page, language)
    return { anna, phone }
  }

  test('the password', async () => {
    const anna = await stage.world.addAccount('Anna')
    await startLogin(stage, page, { ...anna, password: 'not this one' }, language)
    await page.getByRole('alert').waitFor()
    await look(page, 'wrong password', 'stuck')
  })

  test('waiting, and a code instead', async () => {
    await beginLogin()
    await look(page, 'waiting', 'stuck')
    await press(labels.noPush)
    await challengeOn(page)
    await look(page, 'code', 'stuck')
    for (let wrong = 1; wrong <= 5; wrong++) {
      await confirmResponse(page, language, `1234567${wrong}`)
      if (wrong < 5) await page.getByText(labels.refusedCode).first().waitFor()
    }
    await heading(labels.codesSpent)
    await look(page, 'codes spent', 'stuck')
  })

  test('a login that nobody answers, and one that is over', async () => {
    await beginLogin()
    const address = page.url()
    await clock.advance(90_000)
    await heading(labels.expired)
    await look(page, 'expired', 'stuck')
    const other = await stage.openPage(language)
    await other.goto(address)
    await other.getByRole('heading', { name: labels.over }).waitFor()
    await look(other, 'over', 'stuck')
    await other.context().close()
  })

  test('a decline', async () => {
    const { phone } = await beginLogin()
    const [shown] = (await phone.pendingApprovals()).approvals
    if (shown === undefined) throw new Error('Nothing waits.')
    await phone.decline(shown, 'not-me')
    await heading(labels.notMe)
    await look(page, 'declined: it was not me', 'stuck')
  })

  test('the server’s own pages', async () => {
    const { issuer } = stage.world.config
    await page.goto(`${issuer}/oidc/authorize?client_id=nobody`)
    await look(page, 'an application that is not known', 'stuck')
    await page.goto(`${issuer}/oidc/logout`)
    await look(page, 'log out?', 'stuck')
    await page.goto(`${issuer}/dev/sms`)
    await page.getByRole('heading').first().waitFor()
    await look(page, 'the demo’s inbox', 'at ease')
    await page.goto(stage.strandUrl)
    await look(page, 'Strand', 'stuck')
    for (const problem of ['cancelled', 'expired', 'unreachable', 'failed']) {
      await page.goto(`${stage.strandUrl}/problem/${problem}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await look(page, `Strand: ${problem}`, 'stuck')
    }
  })
})
