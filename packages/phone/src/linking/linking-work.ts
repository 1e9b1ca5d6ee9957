/** What a step of linking does beside being shown: one call to the server or the storage, and the event it ends in. */
import { scanLinking, startLinking } from '@countersign/device'
import type { Locale } from '@countersign/protocol'
import { appVersion } from '../app-version.ts'
import { seemsAvailable } from '../biometrics.ts'
import { orNotKept } from '../keys-not-kept.ts'
import { passcodeHash } from '../passcode-hash.ts'
import { phoneNameOf, platformOf } from '../platform.ts'
import { readApiUrl } from '../server-facts.ts'
import { keepDevice, tryStorage } from '../storage.ts'
import { type LinkingEvent, type LinkingState, offerIn } from './linking-state.ts'

/** The storage cannot keep keys: found out before the server was told anything. */
export class StorageUnusable extends Error {
  constructor(cause: unknown) {
    super('The storage takes no keys.', { cause })
    this.name = 'StorageUnusable'
  }
}

const thisPlatform = () => platformOf(navigator.userAgent, navigator.maxTouchPoints)
export const thisPhoneName = (words: Parameters<typeof phoneNameOf>[2]) =>
  phoneNameOf(navigator.userAgent, navigator.maxTouchPoints, words)

async function thisPhone({ typed }: LinkingState, locale: Locale) {
  await tryStorage().catch((cause: unknown) => {
    throw new StorageUnusable(cause)
  })
  // What serves the app is out of reach as the server itself may be: the same to the person.
  const apiUrl = await readApiUrl()
  return { apiUrl, deviceName: typed.deviceName.trim(), locale, platform: thisPlatform(), appVersion }
}

async function start(state: LinkingState, locale: Locale): Promise<LinkingEvent> {
  const { email, password } = state.typed
  const linking = await startLinking({ ...(await thisPhone(state, locale)), email: email.trim(), password })
  return { type: 'started', linking }
}

async function scan(state: LinkingState, locale: Locale): Promise<LinkingEvent> {
  const linking = await scanLinking({ ...(await thisPhone(state, locale)), code: offerIn(state.typed) })
  return { type: 'scanned', linking }
}

const keep = orNotKept(keepDevice)

/**
 * Null when the step waits for the person. Throws `StorageUnusable`; everything else becomes an event.
 *
 * @param signal aborted when the person has left the step
 */
export function workOf(state: LinkingState, locale: Locale, signal: AbortSignal): Promise<LinkingEvent> | null {
  const { at, typed } = state
  switch (at.step) {
    case 'password':
      return at.working ? start(state, locale) : null
    case 'offer':
      return at.working ? scan(state, locale) : null
    case 'digits':
      return at.linking.confirmed(signal).then(() => ({ type: 'code-taken' }))
    case 'code':
      if (at.working === 'checking') return at.linking.submitCode(typed.code).then(() => ({ type: 'code-taken' }))
      return at.working === 'resending' ? at.linking.resend().then(() => ({ type: 'code-resent' })) : null
    case 'agreeing':
      return Promise.all([at.linking.agree(), seemsAvailable()]).then(([, biometrics]) => ({
        type: 'agreed',
        biometrics,
      }))
    case 'finishing': {
      const { passcode, credential } = at
      return at.linking
        .finish({ passcode, passcodeHash, credential, keep })
        .then((stored) => ({ type: 'finished', stored }))
    }
    default:
      return null
  }
}
