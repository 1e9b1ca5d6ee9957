/** Codes without network (protocol section 7). */
import { equalBytes, toHex, utf8 } from './bytes.ts'
import { hmacSha256 } from './hashes.ts'
import { ocra, scannedSuite, typedSuite } from './ocra.ts'

const label = utf8('countersign/v1/challenge\0')
const timeStep = 30_000
const tolerance = 60_000
const least = 10_000_000n
const count = 90_000_000n

/** The 8 digits on the page, of this document alone, between 10000000 and 99999999. */
export function challengeOf(challengeKey: Uint8Array, digest: Uint8Array): string {
  const mac = hmacSha256(challengeKey, label, digest)
  const number = new DataView(mac.buffer, mac.byteOffset).getBigUint64(0)
  return String(least + (number % count))
}

/** The response to a typed challenge. `nowMs` is the phone's clock, corrected by the offset it has learned. */
export const typedResponse = (codeKey: Uint8Array, challenge: string, nowMs: number): string =>
  ocra(typedSuite, codeKey, { question: challenge, timeSteps: Math.floor(nowMs / timeStep) })

/** The time steps that are taken for a round issued and answered at these times (milliseconds). */
export function acceptedTimeSteps(issuedMs: number, nowMs: number): number[] {
  const first = Math.floor((issuedMs - tolerance) / timeStep)
  const last = Math.floor((nowMs + tolerance) / timeStep)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
}

/** Whether a response is right at any of the accepted time steps. All of them are tried, whatever matches. */
export function verifyTypedResponse(
  codeKey: Uint8Array,
  challenge: string,
  response: string,
  times: { readonly issued: number; readonly now: number },
): boolean {
  const given = utf8(response)
  let right = false
  for (const timeSteps of acceptedTimeSteps(times.issued, times.now)) {
    const expected = utf8(ocra(typedSuite, codeKey, { question: challenge, timeSteps }))
    right = equalBytes(expected, given) || right
  }
  return right
}

/** The response to a scanned document. Needs no clock. */
export const scannedResponse = (codeKey: Uint8Array, digest: Uint8Array): string =>
  ocra(scannedSuite, codeKey, { question: toHex(digest) })
