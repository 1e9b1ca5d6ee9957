/** What is said about the passcode's tries. */
import { useWords } from './language.tsx'

/** @param refusals how many were wrong on this screen @returns null when there is nothing to say */
export function useTriesLine(refusals: number, triesLeft: number | null): string | null {
  const { passcode: words } = useWords()
  if (triesLeft === 1) return refusals > 0 ? words.wrongLast : words.last
  return refusals > 0 && triesLeft !== null ? words.wrong(triesLeft) : null
}
