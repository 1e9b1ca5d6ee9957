/** PURE: what a person is told when a command came to nothing. */
import type { Trouble } from './page.ts'
import { duration, type Words } from './words.ts'

/**
 * One paragraph: what happened, what was not done, what to do now.
 *
 * @param refusedCode what is told of a code that was refused, where it is another one than the response from the app
 */
export function troubleText(words: Words, trouble: Trouble, refusedCode = words.refusedCode): string {
  if (trouble.outcome === 'unreachable') return words.unreachable
  const wait = trouble.retryAfter === null ? null : duration(words, trouble.retryAfter)
  switch (trouble.code) {
    case 'sign_in_failed':
      return words.refusedSignIn
    case 'code_refused':
      return refusedCode
    case 'offline_locked':
      return words.offlineLocked(wait)
    case 'app_outdated':
      return words.appOutdated
    case 'redeem_too_late':
      return words.tooLate
    case 'rate_limited':
      return words.rateLimited(wait)
    default:
      return trouble.request === null ? words.fault : `${words.fault} ${words.faultRequest(trouble.request)}`
  }
}
