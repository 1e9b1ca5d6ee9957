/** However wide somebody's letters are, the inbox fits a narrow phone. */
import { locales } from '@countersign/protocol'
import { chromiumPath, launchBrowser } from '@countersign/testkit/browser'
import { describe, expect, test } from 'vitest'
import { pageIn, readStyle } from './page.ts'

describe.skipIf(chromiumPath === undefined)('at 320 pixels', () => {
  test('nothing stands out to the side, in wide letters, with a message and without', async () => {
    await using browser = await launchBrowser()
    const page = await browser.newPage({ viewport: { width: 320, height: 640 } })
    const style = await readStyle()
    const message = `<li><div class="head"><span>Till +46701740605</span><time>23:59:59</time></div>
      <p class="code">123456</p><p class="text">@ett.mycket.langt.namn.pa.en.server.som.ingen.har.example #123456</p></li>`
    for (const locale of locales) {
      for (const letters of [0, 1, 4]) {
        await page.setContent(
          pageIn(locale).replace('</head>', `<style>${style} body { letter-spacing: ${letters}px }</style>`),
        )
        await page.locator('.messages').evaluate((list, html) => {
          list.innerHTML = html
        }, message)
        expect(await page.evaluate(() => document.documentElement.scrollWidth), `${locale}, ${letters} px`).toBe(320)
      }
    }
  })
})
