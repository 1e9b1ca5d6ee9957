/** What the command line says about refusals of the server. English, like the command line itself. */
import type { RequestRefused } from '@countersign/device'
import type { ErrorCode } from '@countersign/protocol'

const sentences: Partial<Record<ErrorCode, string>> = {
  link_failed: 'E-mail or password is wrong, or the account cannot be used. Nothing was linked.',
  link_expired: 'The linking took too long, or its tries are spent. Start it again.',
  already_linked: 'The account already has a linked phone. Unlink that one first.',
  code_refused: 'The code is wrong or no longer good.',
  device_unknown: 'The server does not know this phone: it was unlinked. Delete the state file and link again.',
  device_blocked:
    'This phone is blocked: the tries at its passcode are spent. Unlink it and link again, or ask support.',
  unlock_failed: 'The passcode is wrong. Nothing was done.',
  app_outdated: 'This version of countersign is older than the server takes. Update it.',
  wrong_step: 'The linking is not where this step belongs. Start it again.',
  approval_expired: 'The request is over: nobody answered it in time.',
  approval_not_pending: 'The request has already ended another way.',
  digest_mismatch: 'The request has moved on to a new round. Look at it again.',
  decision_conflict: 'This phone has already answered the request, differently.',
  not_found: 'There is no such request for this phone.',
  unavailable: 'The server is starting, stopping, or its database does not answer. Try again in a moment.',
  internal: 'The server met a fault of its own. Whether anything was done is not known.',
}

/** The sentence for a refusal's code, where there is one to say. */
export const sentenceOfCode = (code: ErrorCode): string => sentences[code] ?? `The server refused this (${code}).`

/** One sentence, and what the server counted. */
export function sentenceOf(refusal: RequestRefused): string {
  if (refusal.code === 'rate_limited') {
    const wait = refusal.retryAfter === null ? 'later' : `in ${refusal.retryAfter} seconds`
    return `That was asked for too often. Try again ${wait}.`
  }
  const tries = refusal.triesLeft === null ? '' : ` Tries left: ${refusal.triesLeft}.`
  return sentenceOfCode(refusal.code) + tries
}
