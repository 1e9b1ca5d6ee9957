/** Keeps a linked phone in touch with its server while it is on the screen: at start, focus, and return of the network. */
import { type LinkedDevice, NetworkFailed, RequestRefused } from '@countersign/device'
import { useEffect, useState } from 'preact/hooks'
import type { LinkedEvent } from './linked-state.ts'
import { putToWork } from './put-to-work.ts'
import { settleDevice } from './settle-device.ts'

type Dispatch = (event: LinkedEvent) => void

async function watchWaiting(device: LinkedDevice, signal: AbortSignal, dispatch: Dispatch): Promise<void> {
  try {
    for await (const news of device.watchApprovals(signal)) {
      if (!signal.aborted) dispatch({ type: 'news', news })
    }
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof RequestRefused)) throw error
    dispatch({ type: 'refused', code: error.code })
  }
}

async function readStanding(device: LinkedDevice, signal: AbortSignal, dispatch: Dispatch): Promise<void> {
  try {
    const answer = await device.readDevice()
    if (signal.aborted) return
    dispatch({ type: 'device-read', triesLeft: answer.unlock_tries_left, blocked: answer.state === 'blocked' })
    const stored = await settleDevice(device, answer)
    if (stored !== null && !signal.aborted) dispatch({ type: 'reopened', device: putToWork(stored) })
  } catch (error) {
    // The watch beside it says the same, and goes on trying.
    if (!(error instanceof RequestRefused || error instanceof NetworkFailed)) throw error
  }
}

/** Counts the moments at which everything should be asked anew; null while the app is out of sight. */
function useMoments(): number | null {
  const [moment, setMoment] = useState({ count: 0, visible: document.visibilityState === 'visible' })
  useEffect(() => {
    const next = () => setMoment(({ count }) => ({ count: count + 1, visible: document.visibilityState === 'visible' }))
    document.addEventListener('visibilitychange', next)
    window.addEventListener('online', next)
    window.addEventListener('pageshow', next)
    return () => {
      document.removeEventListener('visibilitychange', next)
      window.removeEventListener('online', next)
      window.removeEventListener('pageshow', next)
    }
  }, [])
  return moment.visible ? moment.count : null
}

/** @param checks grows when the person wants the server asked again */
export function useServerWatch(device: LinkedDevice, checks: number, dispatch: Dispatch): void {
  const moment = useMoments()
  const attempt = moment === null ? null : `${moment} ${checks}`
  useEffect(() => {
    if (attempt === null) return
    const controller = new AbortController()
    void watchWaiting(device, controller.signal, dispatch)
    void readStanding(device, controller.signal, dispatch)
    return () => controller.abort()
  }, [device, attempt, dispatch])

  useEffect(() => {
    const lost = () => dispatch({ type: 'network-lost' })
    if (!navigator.onLine) lost()
    window.addEventListener('offline', lost)
    return () => window.removeEventListener('offline', lost)
  }, [dispatch])
}
