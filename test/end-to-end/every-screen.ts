/**
 * Looking at every screen alike: axe finds nothing, light and dark, narrow and wide; and where somebody may be stuck,
 * it says where to write (faq-09).
 */
import { accessibilityFaults } from '@countersign/testkit/browser'
import type { Page } from 'playwright-core'
import type { Language } from './stage.ts'

/** Between them, both languages meet light and dark, narrow and wide. */
const views = {
  sv: { size: { width: 390, height: 844 }, colorScheme: 'light' },
  en: { size: { width: 1280, height: 800 }, colorScheme: 'dark' },
} as const

/** Pixels: what WCAG asks for (1.4.10), and the narrowest phone. */
const narrowest = 320

/** Whether somebody may not know how to go on here. */
export type Place = 'stuck' | 'at ease'

export interface Looks {
  /** @param name as it stands in `faults` */
  look(page: Page, name: string, place: Place): Promise<void>
  /** What was wrong, screen by screen. */
  readonly faults: readonly string[]
}

async function saysSupport(page: Page, address: string): Promise<boolean> {
  const dialog = page.locator('dialog[open]')
  const within = (await dialog.count()) > 0 ? dialog : page.locator('body')
  const link = within.locator(`a[href="mailto:${address}"]:visible`).first()
  return link.waitFor({ timeout: 2_000 }).then(
    () => true,
    () => false,
  )
}

export function openLooks(language: Language, supportAddress: string): Looks {
  const faults: string[] = []
  const { size, colorScheme } = views[language]
  return {
    faults,
    async look(page, name, place) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ ...size, width: narrowest })
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (tooWide > 0) faults.push(`${name}: ${tooWide} px too wide for a narrow phone`)
      await page.setViewportSize(size)
      faults.push(...(await accessibilityFaults(page)).map((fault) => `${name}: ${fault}`))
      if (place === 'stuck' && !(await saysSupport(page, supportAddress))) faults.push(`${name}: no support address`)
    },
  }
}
