/** Strand's page in the browser. It holds nothing but what its server tells it. */
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import './styles.ts'

const supportEmail = document.querySelector<HTMLMetaElement>('meta[name="strand-support"]')?.content ?? ''
const styleNonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''

// A page taken out of the browser's back-and-forward cache may show somebody who has logged out since.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})

const root = document.getElementById('root')
if (root !== null) createRoot(root).render(<App supportEmail={supportEmail} styleNonce={styleNonce} />)
