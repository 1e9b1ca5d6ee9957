/**
 * The app's own switch for pushes, and whether they work here. Whoever turns them on has them kept alive: each start
 * repairs what browser or server have lost.
 */
import { NetworkFailed, type PushDevice, RequestRefused } from '@countersign/device'
import * as z from 'zod/mini'
import { inTransaction } from '../database.ts'
import { endSubscription, ensureSubscribed, PushUnavailable } from './subscription.ts'

export type PushState =
  | 'on'
  /** Turned off in the app, or never turned on. */
  | 'off'
  /** The browser or the system does not let this app notify. */
  | 'blocked'
  /** This browser has no pushes; on an iPhone, not until the app is on the home screen. */
  | 'unsupported'
  /** The push service of this browser cannot be reached, or takes nobody. */
  | 'unavailable'
  /** The server could not be asked. */
  | 'unreached'

const KeptSwitch = z.object({ on: z.boolean() })

async function readSwitch(): Promise<boolean> {
  try {
    return KeptSwitch.parse(await inTransaction('readonly', (store) => store.read('push'))).on
  } catch {
    return false
  }
}

const keepSwitch = (on: boolean): Promise<void> => inTransaction('readwrite', (store) => store.put('push', { on }))

/** Whether this browser knows pushes at all. */
export const isPushSupported = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

async function pushManager(): Promise<PushManager> {
  const registration = await navigator.serviceWorker.getRegistration()
  if (registration === undefined) throw new PushUnavailable('There is no service worker.')
  return registration.pushManager
}

function stateAfter(error: unknown): PushState {
  if (error instanceof PushUnavailable) return 'unavailable'
  if (error instanceof DOMException && error.name === 'NotAllowedError') return 'blocked'
  if (error instanceof NetworkFailed || error instanceof RequestRefused) return 'unreached'
  throw error
}

async function subscribed(device: PushDevice): Promise<PushState> {
  try {
    await ensureSubscribed(await pushManager(), device)
    return 'on'
  } catch (error) {
    return stateAfter(error)
  }
}

/** How it stands, and mends it where that takes no person: a subscription that was lost, another key of the server. */
export async function readPushState(device: PushDevice): Promise<PushState> {
  if (!isPushSupported()) return 'unsupported'
  if (Notification.permission === 'denied') return 'blocked'
  if (!(await readSwitch()) || Notification.permission === 'default') return 'off'
  return subscribed(device)
}

/** Turns pushes on. Called from a tap: the browser asks the person first. */
export async function turnPushOn(device: PushDevice): Promise<PushState> {
  if (!isPushSupported()) return 'unsupported'
  const permission = await Notification.requestPermission()
  if (permission !== 'granted') return permission === 'denied' ? 'blocked' : 'off'
  await keepSwitch(true)
  return subscribed(device)
}

/** Turns pushes off, here first: where the server cannot be told, nothing is shown any more all the same. */
export async function turnPushOff(device: PushDevice): Promise<PushState> {
  await keepSwitch(false)
  try {
    await endSubscription(await pushManager(), device)
    return 'off'
  } catch (error) {
    return stateAfter(error)
  }
}
