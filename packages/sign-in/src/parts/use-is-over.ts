/** Whether a time is over, without counting it down. */
import { useEffect, useState } from 'react'

/**
 * @param expires by the server's clock, milliseconds
 * @param clockOffset the server's clock minus the page's monotonic clock
 */
export function useIsOver(expires: number, clockOffset: number): boolean {
  const end = expires - clockOffset
  const [over, setOver] = useState(() => performance.now() >= end)
  useEffect(() => {
    const left = end - performance.now()
    setOver(left <= 0)
    if (left <= 0) return
    const timer = setTimeout(() => setOver(true), left)
    return () => clearTimeout(timer)
  }, [end])
  return over
}
