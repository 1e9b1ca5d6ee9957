/** New versions of the app: noticed, told, and let in when the person says so or nothing is under way. */
import { useEffect, useState } from 'preact/hooks'

export type AppUpdate =
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
    // Without a controller this is the first version, which has nothing to replace.
    if (found.waiting !== null && navigator.serviceWorker.controller !== null) tell('ready')
  }
  look()
  found.addEventListener('updatefound', () => found.installing?.addEventListener('statechange', look))
}

/** Registers the service worker. Without one (an old browser, private browsing) the app works, but only with network. */
export async function registerServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const controlled = navigator.serviceWorker.controller !== null
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (controlled) tell('taken-over')
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

export function useAppUpdate(): AppUpdate {
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
