/** What the worker does when a push arrives, when its notification is tapped, and when the subscription is changed. */
import { openDevice, type StoredDevice } from '@countersign/device'
import { type ApprovalId, type Locale, PushMessage } from '@countersign/protocol'
import { appVersion } from '../app-version.ts'
import { inTransaction } from '../database.ts'
import { parseStoredDevice } from '../kept-values.ts'
import { confirmOnce } from './confirm-once.ts'
import { tellSubscription } from './subscription.ts'

/** The part of a worker that is needed here. */
export type Worker = ServiceWorkerGlobalScope

const declineAction = 'decline'
const declineWords: Readonly<Record<Locale, string>> = { en: 'Decline', sv: 'Avböj' }
/** Where the message cannot be read: another version's. The app says what it is about. */
const unknownMessage = { title: 'Countersign', body: 'Öppna appen. · Open the app.' }

const localeOf = (lang: string): Locale => (lang === 'sv' ? 'sv' : 'en')

async function storedDevice(): Promise<StoredDevice | null> {
  try {
    return parseStoredDevice(await inTransaction('readonly', (store) => store.read('device')))
  } catch {
    // Not linked, or not to be read now: the notification is shown all the same, and the app says the rest.
    return null
  }
}

function openStored(stored: StoredDevice, nonce?: string) {
  // The worker approves nothing: it has no passcode to hash.
  const passcodeHash = () => Promise.reject(new Error('The worker has no passcode.'))
  return openDevice(stored, { appVersion, passcodeHash, ...(nonce === undefined ? {} : { nonce }) })
}

function parseMessage(data: PushMessageData | null): PushMessage | null {
  try {
    return PushMessage.safeParse(data?.json()).data ?? null
  } catch {
    return null
  }
}

// Safari ends a subscription whose pushes show nothing, also while the app is on the screen.
const mustShow = (): boolean => /AppleWebKit/.test(navigator.userAgent) && !/Chrom(e|ium)/.test(navigator.userAgent)

async function isOnScreen({ clients }: Worker): Promise<boolean> {
  const windows = await clients.matchAll({ type: 'window' })
  return windows.some(({ visibilityState }) => visibilityState === 'visible')
}

const show = ({ registration }: Worker, { notification }: PushMessage): Promise<void> => {
  const { title, body, lang, tag, data } = notification
  const options: NotificationOptions & { readonly actions?: readonly { action: string; title: string }[] } = {
    body,
    lang,
    // A second push about the same request takes the place of the first one, silently.
    tag,
    data,
    icon: '/icon-192.png',
    requireInteraction: true,
    actions: [{ action: declineAction, title: declineWords[localeOf(lang)] }],
  }
  return registration.showNotification(title, options)
}

/** Takes the notification of a request away. */
async function close({ registration }: Worker, approval: ApprovalId): Promise<void> {
  for (const shown of await registration.getNotifications({ tag: approval })) shown.close()
}

/**
 * Chromium forgets what it shows when it is asked before the system has said that it is shown, and could then not take it
 * away: `showNotification` does not wait for that.
 */
const untilShown = () => new Promise((resolve) => setTimeout(resolve, 2_000))

/** The badge says how many wait, also while no window of the app is open. Not every browser has one. */
const badge = (waiting: number) => Promise.resolve(navigator.setAppBadge?.(waiting)).catch(() => undefined)

/** A push can be late: what does not wait any more is not left on the screen, and is not counted. */
async function showWaiting(worker: Worker, stored: StoredDevice, approval: ApprovalId): Promise<void> {
  const { approvals } = await openStored(stored).pendingApprovals()
  await badge(approvals.length)
  if (approvals.some((waiting) => waiting.approval === approval)) return
  await untilShown()
  await close(worker, approval)
}

/** A push has arrived. Never throws: whatever fails, something is shown. */
export async function onPush(worker: Worker, data: PushMessageData | null): Promise<void> {
  const message = parseMessage(data)
  if (message === null) return worker.registration.showNotification(unknownMessage.title, { body: unknownMessage.body })
  const { approval, nonce } = message.notification.data
  // The open app learns of the request by its own stream, within a moment.
  const isShown = mustShow() || !(await isOnScreen(worker))
  if (isShown) await show(worker, message)
  const stored = await storedDevice()
  if (stored === null) return
  await Promise.allSettled([
    confirmOnce(openStored(stored, nonce), approval, 'web-push'),
    isShown ? showWaiting(worker, stored, approval) : Promise.resolve(),
  ])
}

async function openApp({ clients, registration }: Worker): Promise<void> {
  const [open] = await clients.matchAll({ type: 'window' })
  if (open === undefined) await clients.openWindow(registration.scope)
  else await open.focus()
}

/** Declines without a word: who taps it on a locked screen has read nothing. @returns whether it was taken */
async function decline(approval: ApprovalId): Promise<boolean> {
  const stored = await storedDevice()
  if (stored === null) return false
  try {
    const device = openStored(stored)
    const { approvals } = await device.pendingApprovals()
    const shown = approvals.find((waiting) => waiting.approval === approval)
    if (shown !== undefined) await device.decline(shown)
    await badge(approvals.filter((waiting) => waiting !== shown).length)
    return true
  } catch {
    return false
  }
}

/** A notification was tapped. Nothing is ever approved here. */
export async function onNotificationClick(worker: Worker, event: NotificationEvent): Promise<void> {
  const { notification, action } = event
  notification.close()
  const about = PushMessage.shape.notification.shape.data.safeParse(notification.data).data
  if (action === declineAction && about !== undefined && (await decline(about.approval))) return
  await openApp(worker)
}

/** The browser has another subscription, or none any more: the server is told where this phone is reached now. */
export async function onSubscriptionChange({ registration }: Worker): Promise<void> {
  const stored = await storedDevice()
  if (stored === null) return
  // What cannot be repaired now is repaired when the app is opened.
  await tellSubscription(registration.pushManager, openStored(stored)).catch(() => undefined)
}
