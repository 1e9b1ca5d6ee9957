/** What a step of a change does beside being shown: one call, and the event it ends in. */
import { type LinkedDevice, RequestRefused, type StoredDevice, startRenewal } from '@countersign/device'
import { appVersion } from '../app-version.ts'
import { orNotKept } from '../keys-not-kept.ts'
import type { LinkedEvent } from '../linked-state.ts'
import { passcodeHash } from '../passcode-hash.ts'
import { replaceDevice } from '../storage.ts'
import type { RenewalEvent, RenewalStep } from './renewal-state.ts'

const keep = orNotKept(replaceDevice)

/** What the whole app is told. */
export interface RenewalListener {
  readonly dispatch: (event: LinkedEvent) => void
  readonly onKept: (stored: StoredDevice) => void
}

async function start({ stored }: LinkedDevice, passcode: string, { dispatch }: RenewalListener): Promise<RenewalEvent> {
  const begun = await startRenewal(stored, { appVersion, passcodeHash }, passcode)
  if (begun.outcome === 'started') {
    // The tries start anew with a right passcode.
    dispatch({ type: 'tries-renewed' })
    return { type: 'started', renewal: begun.renewal }
  }
  if (begun.outcome === 'blocked') dispatch({ type: 'refused', code: 'device_blocked' })
  else dispatch({ type: 'device-read', triesLeft: begun.triesLeft, blocked: false })
  return { type: 'wrong-passcode' }
}

/** Null when the step waits for the person. Never rejects. */
export function workOf(at: RenewalStep, device: LinkedDevice, listener: RenewalListener): Promise<RenewalEvent> | null {
  const failed = (error: unknown): RenewalEvent => {
    // A signature that is refused here may be the authenticator's: how the phone stands, its other requests tell.
    if (error instanceof RequestRefused && error.code !== 'signature_invalid') {
      listener.dispatch({ type: 'refused', code: error.code })
    }
    return { type: 'failed', error }
  }
  switch (at.step) {
    case 'starting':
      return start(device, at.passcode, listener).catch(failed)
    case 'finishing': {
      const { passcode, credential } = at
      return at.renewal.finish({ passcode, credential, keep }).then((stored) => {
        // Also where the person has left: the old copies open nothing any more.
        listener.onKept(stored)
        return { type: 'finished', biometrics: stored.biometricLock !== null }
      }, failed)
    }
    default:
      return null
  }
}
