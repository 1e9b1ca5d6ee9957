/** The system's own way back: the gesture or button of Android, Escape at a keyboard. */
import { useEffect, useRef } from 'preact/hooks'

interface Closer {
  onclose: (() => void) | null
  destroy(): void
}

declare global {
  interface Window {
    /** Not in every browser; the app has its own way back on each screen. */
    readonly CloseWatcher?: new () => Closer
  }
}

/**
 * @param place changes with the screen, so that each step back leads over one screen
 * @param onBack null where there is no way back
 */
export function useBack(place: string, onBack: (() => void) | null): void {
  const latest = useRef(onBack)
  latest.current = onBack
  const leads = onBack !== null
  // One use spends a watcher, so that each place has its own.
  useEffect(() => {
    if (!leads || window.CloseWatcher === undefined) return
    const watcher = new window.CloseWatcher()
    watcher.onclose = () => latest.current?.()
    return () => watcher.destroy()
  }, [place, leads])
}
