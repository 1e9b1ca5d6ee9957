/**
 * The authenticator app.
 *
 * Owns the phone's screens and what it keeps. Promises that it opens without network, that a request is shown only when
 * the server signed it, and that nothing is approved or linked without a person's own press. Must never keep a passcode
 * or anything computed from the unlock secret, or take "cannot be read" for "is not there".
 */
import { firstRead } from './first-read.ts'

// That one runs first; the rest comes after it.

import { render } from 'preact'
import { App } from './app.tsx'
import { registerServiceWorker } from './app-update.ts'
import { LanguageProvider } from './language.tsx'
import { openPhone } from './opening.ts'
import { allowOwnWorkers } from './trusted-types.ts'
import './styles.css'

allowOwnWorkers()

const root = document.getElementById('app')
if (root === null) throw new Error('The page has no place for the app.')
void openPhone(firstRead).then((opened) => {
  render(
    <LanguageProvider>
      <App opened={opened} />
    </LanguageProvider>,
    root,
  )
  void registerServiceWorker()
})
