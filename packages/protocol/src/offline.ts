/**
 * Approving without network (protocol section 7): the challenge on the page and the response from the app. Both are about
 * one round's document, and thus good for that action alone.
 */
import { equalBytes, toHex, uint64Of, utf8 } from './bytes.ts'
import { hmacSha256, labelBytes } from './hashes.ts'
import { ocra } from './ocra.ts'

/** Of the response that a person types: the challenge by eight digits, and the time. */
export const typedSuite = 'OCRA-1:HOTP-SHA256-8:QN08-T30S'
/** Of the response to a scanned document: its digest, and no clock. */
export const scannedSuite = 'OCRA-1:HOTP-SHA256-8:QH64'

const timeStep = 30_000
/** How far the phone's clock, corrected by what it learned, may be off, in milliseconds. */
const clockSlack = 60_000
/** A round lasts 90 s, and its code 10 s longer. */
const codeLifetime = 100_000

const challengeLabel = labelBytes('countersign/v1/challenge')

/**
 * The challenge of a round: eight digits, 10000000 to 99999999, so that no two of them are the same OCRA question.
 *
 * @param digest of the round's document, 32 bytes
 */
export const challengeOf = (challengeKey: Uint8Array, digest: Uint8Array): string =>
  String(10_000_000n + (uint64Of(hmacSha256(challengeKey, challengeLabel, digest)) % 90_000_000n))

const responseAt = (codeKey: Uint8Array, challenge: string, timeSteps: number): string =>
  ocra(typedSuite, codeKey, { question: challenge, timeSteps })

/**
 * The response to a typed challenge: eight digits.
 *
 * @param nowMs milliseconds since the epoch, by the server's clock as far as the phone knows it
 * @throws TypeError when `challenge` is not one
 */
export function typedResponse(codeKey: Uint8Array, challenge: string, nowMs: number): string {
  if (!/^[1-9]\d{7}$/.test(challenge)) throw new TypeError('A challenge has eight digits and does not begin with 0.')
  return responseAt(codeKey, challenge, Math.floor(nowMs / timeStep))
}

/**
 * The time steps in which a response to a round's challenge may have been made: from a minute before the round was
 * issued to a minute from now, and none once the code is over, so that time alone never widens the window.
 */
export function acceptedTimeSteps(issuedMs: number, nowMs: number): number[] {
  if (nowMs > issuedMs + codeLifetime) return []
  const first = Math.floor((issuedMs - clockSlack) / timeStep)
  const last = Math.floor((nowMs + clockSlack) / timeStep)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
}

/**
 * Whether the response answers the challenge now. All steps are computed and compared in constant time, whichever matches.
 *
 * @param times milliseconds since the epoch: when the round was issued, and now
 * @throws TypeError when `challenge` is not one
 */
export function verifyTypedResponse(
  codeKey: Uint8Array,
  challenge: string,
  response: string,
  { issued, now }: { readonly issued: number; readonly now: number },
): boolean {
  let right = false
  for (const step of acceptedTimeSteps(issued, now)) {
    right = equalBytes(utf8(typedResponse(codeKey, challenge, step * timeStep)), utf8(response)) || right
  }
  return right
}

/** The response to a scanned document: eight digits. @param digest of the document, 32 bytes */
export const scannedResponse = (codeKey: Uint8Array, digest: Uint8Array): string =>
  ocra(scannedSuite, codeKey, { question: toHex(digest) })
