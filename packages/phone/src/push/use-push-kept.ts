/** Keeps pushes working, and what they left on the screen true, while the app is open. */
import type { LinkedDevice, ShownApproval } from '@countersign/device'
import { useEffect } from 'preact/hooks'
import { confirmOnce } from './confirm-once.ts'

/** What browser or server have lost is mended once, when the app is opened. Nothing is said: "Notifieringar" tells. */
export function usePushRepair(device: LinkedDevice, reached: boolean): void {
  useEffect(() => {
    if (!reached) return
    void import('./push-switch.ts').then(({ readPushState }) => readPushState(device)).catch(() => undefined)
  }, [device.stored.device, reached])
}

/** The server learns which requests the open app has: once they are on the screen, and nobody waits for it. */
export function useConfirmInApp(device: LinkedDevice, approvals: readonly ShownApproval[] | null): void {
  const waiting = approvals?.map(({ approval }) => approval) ?? []
  useEffect(() => {
    for (const approval of waiting) void confirmOnce(device, approval, 'stream').catch(() => undefined)
  }, [device.stored.device, waiting.join(' ')])
}

async function closeNotifications(waiting: readonly string[]): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration()
  for (const shown of (await registration?.getNotifications()) ?? []) {
    if (!waiting.includes(shown.tag)) shown.close()
  }
}

/** Notifications of requests that are over go away, and the badge says how many wait. */
export function useTidyNotifications(approvals: readonly ShownApproval[] | null): void {
  const waiting = approvals?.map(({ approval }) => approval)
  useEffect(() => {
    if (waiting === undefined) return
    void closeNotifications(waiting).catch(() => undefined)
    void navigator.setAppBadge?.(waiting.length).catch(() => undefined)
  }, [waiting?.join(' ')])
}
