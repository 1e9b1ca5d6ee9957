/**
 * Approving without network (protocol section 7): the challenge on the page and the response from the app. Both are about
 * one round's document, and thus good for that action alone.
 */
import { equalBytes, uint64Of, utf8 } from './bytes.ts'
import { hmacOf, hmacSha256, keyedHmacOf, labelBytes } from './hashes.ts'
import { truncate } from './hotp.ts'
import { ocraMessage, parseSuite, questionLength } from './ocra.ts'

/** Of the response that a person types: the challenge by eight digits, and the time. */
export const typedSuite = 'OCRA-1:HOTP-SHA256-8:QN08-T30S'
/** Of the response to a scanned document: its digest, and no clock. */
export const scannedSuite = 'OCRA-1:HOTP-SHA256-8:QH64'

const typed = { suite: parseSuite(typedSuite), label: labelBytes(typedSuite) }
const scannedLabel = labelBytes(scannedSuite)
const codeDigits = 8

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

/** The response to a challenge at any time step. @throws TypeError when `challenge` is not one */
function responsesTo(codeKey: Uint8Array, challenge: string): (step: number) => string {
  if (!/^[1-9]\d{7}$/.test(challenge)) throw new TypeError('A challenge has eight digits and does not begin with 0.')
  const mac = keyedHmacOf('SHA256', codeKey)
  const message = ocraMessage(typed.suite, typed.label, { question: challenge, timeSteps: 0 })
  const time = new DataView(message.buffer, message.length - 8)
  return (step) => {
    time.setBigUint64(0, BigInt(step))
    return truncate(mac(message), codeDigits)
  }
}

/**
 * The response to a typed challenge: eight digits.
 *
 * @param nowMs milliseconds since the epoch, by the server's clock as far as the phone knows it
 * @throws TypeError when `challenge` is not one
 */
export const typedResponse = (codeKey: Uint8Array, challenge: string, nowMs: number): string =>
  responsesTo(codeKey, challenge)(Math.floor(nowMs / timeStep))

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
  const responseAt = responsesTo(codeKey, challenge)
  const given = utf8(response)
  let right = false
  for (const step of acceptedTimeSteps(issued, now)) right = equalBytes(utf8(responseAt(step)), given) || right
  return right
}

/** The response to a scanned document: eight digits. @param digest of the document @throws TypeError unless 32 bytes */
export function scannedResponse(codeKey: Uint8Array, digest: Uint8Array): string {
  if (digest.length !== 32) throw new TypeError('A digest has 32 bytes.')
  // The question is the digest in hexadecimal, of which OCRA takes the bytes (RFC 6287 section 5.1).
  const message = new Uint8Array(scannedLabel.length + questionLength)
  message.set(scannedLabel)
  message.set(digest, scannedLabel.length)
  return truncate(hmacOf('SHA256', codeKey, message), codeDigits)
}
