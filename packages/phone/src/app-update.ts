/**
 * New versions of the app: noticed, told, and let in when the person says so, or when the app is put away with nothing
 * in hand. A window in which something is under way goes on with the version that it began with.
 */
import { useEffect, useState } from 'preact/hooks'

type AppUpdate =
  | 'none'
  /** A new version is on the phone and waits. */
  | 'ready'
  /** A new version has taken over: this window runs the old one until it is loaded again. */
  | 'taken-over'

let update: AppUpdate = 'none'
let registration: ServiceWorkerRegistration | null = null
const listeners = new Set<(update: AppUpdate) => void>()

function tell(next: AppUpdate): void {
  update = next
  for (const listener of listeners) listener(next)
}

function watch(found: ServiceWorkerRegistration): void {
  registration = found
  const look = () => {
    // The first version waits for nobody.
    if (found.waiting !== null && found.active !== null) tell('ready')
  }
  look()
  found.addEventListener('updatefound', () => found.installing?.addEventListener('statechange', look))
  // Browsers look when a page is loaded, and an installed app can stay open for weeks.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void found.update().catch(() => undefined)
  })
}

/** Registers the service worker. Without one (an old browser, private browsing) the app works, but only with network. */
export async function registerServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  let controlled = navigator.serviceWorker.controller !== null
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (controlled || update === 'ready') tell('taken-over')
    controlled = true
  })
  try {
    watch(await navigator.serviceWorker.register('/service-worker.js', { updateViaCache: 'none' }))
  } catch {
    return
  }
}

/** Lets the waiting version in; windows load themselves again as soon as they are idle. */
export function applyUpdate(): void {
  registration?.waiting?.postMessage('take-over')
}

/** Looks for a new version now. Resolves to whether one is on the phone. */
export async function lookForUpdate(): Promise<boolean> {
  const found = await registration?.update().catch(() => undefined)
  const installing = found?.installing
  if (installing) {
    await new Promise<void>((resolve) => {
      installing.addEventListener('statechange', () => {
        if (installing.state !== 'installing') resolve()
      })
    })
  }
  return (found?.waiting ?? null) !== null
}

function useAppUpdate(): AppUpdate {
  const [current, setCurrent] = useState(update)
  useEffect(() => {
    listeners.add(setCurrent)
    setCurrent(update)
    return () => {
      listeners.delete(setCurrent)
    }
  }, [])
  return current
}

/** Whether a new version waits for the person's word. */
export const useUpdateReady = (): boolean => useAppUpdate() === 'ready'

/** @param idle nothing is under way that loading the app again would take away */
export function useUpdateWhenIdle(idle: boolean): void {
  const current = useAppUpdate()
  useEffect(() => {
    if (!idle) return
    if (current === 'taken-over') location.reload()
    if (current !== 'ready') return
    const applyUnseen = () => {
      if (document.visibilityState === 'hidden') applyUpdate()
    }
    applyUnseen()
    document.addEventListener('visibilitychange', applyUnseen)
    return () => document.removeEventListener('visibilitychange', applyUnseen)
  }, [current, idle])
}
