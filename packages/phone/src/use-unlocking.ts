/** The phone's own question for fingerprint or face: one at a time, and none for a screen that was left. */
import { useEffect, useRef } from 'preact/hooks'

/**
 * @param asking whether the question is on the screen
 * @returns begins a question: its signal is aborted when the next one begins, or when the screen is left
 */
export function useUnlocking(asking: boolean): () => AbortSignal {
  const question = useRef<AbortController | null>(null)
  useEffect(() => {
    if (!asking) question.current?.abort()
  }, [asking])
  useEffect(() => () => question.current?.abort(), [])
  return () => {
    question.current?.abort()
    question.current = new AbortController()
    return question.current.signal
  }
}
