/**
 * The hosted sign-in: e-mail and password, then the phone, then on to the application.
 *
 * Owns what a person sees at `/sign-in/{sign-in}`; the server owns every decision. Promises to keep what was typed
 * until it was accepted, to go on by itself, and to lose nothing when the line breaks. Must never keep a password, a
 * code or a response anywhere but in the fields on the screen.
 */
import { createRoot } from 'react-dom/client'
import { signInApi } from './api.ts'
import { App } from './app.tsx'
import { readBrand } from './brand.ts'
import { browserWires } from './browser-wires.ts'
import './styles.ts'

const metaContent = (name: string) =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.getAttribute('content') ?? null
const styleNonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''

// A page taken out of the browser's back-and-forward cache shows a moment that has passed.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})

const root = document.getElementById('root')
if (root !== null) {
  const api = signInApi(location.pathname)
  createRoot(root).render(
    <App api={api} wires={browserWires(api)} brand={readBrand(metaContent)} styleNonce={styleNonce} />,
  )
}
