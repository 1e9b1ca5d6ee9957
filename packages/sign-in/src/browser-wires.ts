/** The connection's wires in a browser: its timers and its signs that a line may be dead. */
import type { SignInApi } from './api.ts'
import type { Wires } from './connection.ts'

export interface BrowserWires extends Wires {
  /** Says that the page expected news that have not come. */
  raiseDoubt(): void
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  const wake = () => resolve()
  signal.addEventListener('abort', wake)
  // Somebody who has just come back to the network, or to the page, should not wait for a timer.
  addEventListener('online', wake)
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', wake)
    removeEventListener('online', wake)
  })
}

export function browserWires(api: SignInApi): BrowserWires {
  const doubts = new EventTarget()
  const raiseDoubt = () => {
    doubts.dispatchEvent(new Event('doubt'))
  }
  addEventListener('online', raiseDoubt)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') raiseDoubt()
  })
  return {
    openStream: api.openStream,
    readState: api.readState,
    pause,
    raiseDoubt,
    onDoubt: (listener) => {
      doubts.addEventListener('doubt', listener)
      return () => doubts.removeEventListener('doubt', listener)
    },
  }
}
