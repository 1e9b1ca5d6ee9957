/** PURE: the document as a page for people: without scripts, readable on any screen. */
import { operations } from './document.ts'
import { type Operation, refusalsOf } from './operation.ts'

type Schema = { readonly [name: string]: unknown }

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const html = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character] ?? character)

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a schema is, in a few words. */
function kindOf(schema: unknown): string {
  if (!isSchema(schema)) return 'anything'
  if (typeof schema.$ref === 'string') return schema.$ref.split('/').at(-1) ?? ''
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if ('const' in schema) return JSON.stringify(schema.const)
  const variants = schema.anyOf ?? schema.oneOf
  if (Array.isArray(variants)) return variants.map(kindOf).join(' | ')
  if (schema.type === 'array') return `list of ${kindOf(schema.items)}`
  if (schema.type === 'object' && isSchema(schema.properties)) return `{ ${Object.keys(schema.properties).join(', ')} }`
  return typeof schema.type === 'string' ? schema.type : 'anything'
}

function fieldsOf(schema: unknown): string {
  if (!isSchema(schema)) return ''
  const variants = schema.anyOf ?? schema.oneOf
  if (Array.isArray(variants)) return variants.map(fieldsOf).join('<p>or</p>')
  if (!isSchema(schema.properties)) return ''
  const required = Array.isArray(schema.required) ? schema.required : []
  const rows = Object.entries(schema.properties).map(
    ([name, field]) =>
      `<tr><th scope="row"><code>${html(name)}</code>${required.includes(name) ? '' : ' <small>optional</small>'}</th><td>${html(kindOf(field))}</td></tr>`,
  )
  return rows.length === 0 ? '<p>An empty object.</p>' : `<table><tbody>${rows.join('')}</tbody></table>`
}

const named = (name: string) => `<a href="#schema-${name}"><code>${name}</code></a>`

function operationHtml(operation: Operation): string {
  const { id, method, path, summary, description, body, answers, isStream, isOnce } = operation
  const answered = Object.entries(answers).map(([status, name]) => {
    const what = name === null ? 'no body' : `${isStream ? 'event stream of ' : ''}${named(name)}`
    return `<li><code>${status}</code> ${what}</li>`
  })
  const refused = [...refusalsOf(operation)].map((code) => `<code>${code}</code>`).join(' ')
  return `<article id="${id}">
<h3><code><b>${method.toUpperCase()}</b> ${html(path)}</code></h3>
<p>${html(summary)}${description === undefined ? '' : ` ${html(description).replace(/`([^`]+)`/g, '<code>$1</code>')}`}</p>
<ul>${body === undefined ? '' : `<li>takes ${named(body)}</li>`}${isOnce ? '<li>takes <code>Idempotency-Key</code></li>' : ''}${answered.join('')}</ul>
<details><summary>May be refused with</summary><p>${refused}</p></details>
</article>`
}

const style = `
:root { color-scheme: light dark; --ink: #12211b; --muted: #51605a; --ground: #f4f7f5; --card: #fff; --line: #dde5e1; --accent: #0b6b4f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9f0ec; --muted: #a5b3ac; --ground: #0d1311; --card: #151d1a; --line: #27322d; --accent: #4cc38a; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.75rem; margin: 0 0 .5rem; } h2 { margin: 2.5rem 0 1rem; } h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
article { margin: 0 0 .75rem; padding: 1rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--card); overflow-wrap: anywhere; }
article p, article ul { margin: .5rem 0 0; } code { font: .9em/1.5 ui-monospace, monospace; } a { color: var(--accent); }
pre { overflow-x: auto; padding: 1rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--card); }
table { border-collapse: collapse; width: 100%; margin-top: .5rem; } th, td { padding: .25rem .5rem .25rem 0; text-align: start; vertical-align: top; border-top: 1px solid var(--line); font-weight: 400; }
small, .muted { color: var(--muted); } summary { cursor: pointer; color: var(--muted); } :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`

const groups = [
  ['For applications', (operation: Operation) => operation.callers.includes('application')],
  ['For everybody', (operation: Operation) => operation.callers.includes('anyone')],
  ['For phones', (operation: Operation) => operation.callers.includes('device')],
  ['For the sign-in pages', (operation: Operation) => operation.callers.includes('browser')],
] as const

const example = (server: string) => `curl ${server}/v1/approvals \\
  -H 'Authorization: Bearer csk_…' -H 'Idempotency-Key: order-1047' \\
  -H 'Content-Type: application/json' \\
  -d '{"account": {"external_id": "customer-7"}, "action": "bill.pay",
       "data": {"amount": "1250.00 SEK", "payee": "Skogens El AB"},
       "context": {"place": null, "browser": "Firefox, Linux"},
       "session": "a1b2c3"}'`

/** @param nonce of the page's one style element */
export function docsPage(document: Schema, about: { readonly server: string; readonly nonce: string }): string {
  const components = isSchema(document.components) ? document.components : {}
  const schemas = isSchema(components.schemas) ? components.schemas : {}
  const parts = groups.map(
    ([title, belongs]) =>
      `<section><h2>${title}</h2>${operations.filter(belongs).map(operationHtml).join('')}</section>`,
  )
  const shapes = Object.entries(schemas).map(
    ([name, schema]) => `<article id="schema-${name}"><h3><code>${name}</code></h3>${fieldsOf(schema)}</article>`,
  )
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Countersign API</title><style nonce="${about.nonce}">${style}</style></head>
<body><main>
<h1>Countersign API</h1>
<p>For programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1). Times are milliseconds since the epoch; refusals are problem details (RFC 9457) with a stable <code>code</code>. Logging in is OpenID Connect: <a href="/.well-known/openid-configuration">its description</a>.</p>
<pre tabindex="0" aria-label="An example">${html(example(about.server))}</pre>
${parts.join('')}
<section><h2>Shapes</h2>${shapes.join('')}</section>
</main></body></html>
`
}
