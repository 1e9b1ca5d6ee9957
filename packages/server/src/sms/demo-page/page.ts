/** The page of the demo inbox. */
import { readFile } from 'node:fs/promises'
import type { Locale } from '@countersign/protocol'
import { words } from '../words.ts'

export const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"

const asset = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8')

export const readScript = (): Promise<string> => asset('page.js')
export const readStyle = (): Promise<string> => asset('page.css')

/** The page in a language. It holds no message: those come over the stream. */
export function pageIn(locale: Locale): string {
  const say = words[locale]
  const other = locale === 'sv' ? 'en' : 'sv'
  return `<!doctype html>
<html lang="${locale}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${say.title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/dev/sms/page.css">
    <script type="module" src="/dev/sms/page.js"></script>
  </head>
  <body>
    <main>
      <header>
        <h1>${say.title}</h1>
        <a href="/dev/sms?lang=${other}" lang="${other}" hreflang="${other}">${say.otherLanguage}</a>
      </header>
      <p class="lead">${say.lead}</p>
      <p class="lost" role="status" hidden>${say.lost}</p>
      <p class="empty">${say.empty}</p>
      <ul class="messages" data-to="${say.to}" aria-live="polite"></ul>
    </main>
  </body>
</html>
`
}
