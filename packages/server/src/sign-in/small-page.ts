/** PURE: the small pages that come straight from the server, and the policy that they run under. */
import type { Locale } from '@countersign/protocol'
import { words } from './words.ts'

export interface SmallPage {
  readonly locale: Locale
  readonly title: string
  readonly text: string
  readonly brand: { readonly name: string; readonly supportEmail: string }
  readonly nonce: string
  /** Of our own making: it is not escaped. */
  readonly html?: string
  /** Small print. */
  readonly note?: string
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it may stand in HTML, also within quotes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '')

const style = `
  :root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
  main { box-sizing: border-box; width: min(28rem, 100%); padding: 2rem 1.5rem; }
  h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
  button { font: inherit; font-weight: 600; width: 100%; min-height: 3rem; margin-top: 1rem; border: 0;
    border-radius: 0.75rem; background: #0b6b4f; color: #fff; cursor: pointer; }
  button:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
  footer { margin-top: 2rem; font-size: 0.9375rem; }
  a { color: LinkText; }`

/** A whole page. Everything but `html` is escaped. */
export function renderSmallPage({ locale, title, text, brand, nonce, html = '', note }: SmallPage): string {
  const support = escapeHtml(brand.supportEmail)
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)} · ${escapeHtml(brand.name)}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
${html}
<footer>
${note === undefined ? '' : `<p>${escapeHtml(note)}</p>`}
<p>${words[locale].support}: <a href="mailto:${support}">${support}</a></p>
</footer>
</main>
</body>
</html>
`
}

/**
 * The policy of a small page.
 *
 * @param formTargets the origins that a form ends up at besides our own: browsers hold redirects against `form-action` too
 */
export const smallPagePolicy = (nonce: string | null, formTargets: readonly string[] = []): string =>
  [
    "default-src 'none'",
    `script-src 'self'${nonce === null ? '' : ` 'nonce-${nonce}'`}`,
    `style-src ${nonce === null ? "'none'" : `'nonce-${nonce}'`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
  ].join('; ')
