/** What is said to a screen reader: said once, and not left lying where somebody reads it later. */
import { useCallback, useEffect, useState } from 'react'

/** Milliseconds in which a screen reader has taken it up. */
const saidAfter = 5_000

/** What stands in the live region, and the way to put something there. */
export function useAnnouncement(): readonly [string, (text: string) => void] {
  // An object each time: the same words said twice are two announcements.
  const [said, setSaid] = useState({ text: '' })
  const announce = useCallback((text: string) => setSaid({ text }), [])
  useEffect(() => {
    if (said.text === '') return
    const timer = setTimeout(() => setSaid({ text: '' }), saidAfter)
    return () => clearTimeout(timer)
  }, [said])
  return [said.text, announce]
}
