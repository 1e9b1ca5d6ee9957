/** The server's nonces for signed requests (protocol section 5): no state, bound to a key, good for a while. */
import { concatBytes, equalBytes, fromBase64url, toBase64url, uint64Bytes, uint64Of } from './bytes.ts'
import { hmacSha256, labelBytes } from './hashes.ts'

const version = 1
/** In seconds. */
const lifetime = 300
/** How far the clocks of two servers may be apart, in seconds. */
const clockSlack = 30

const randomLength = 8
const contentLength = 1 + 8 + randomLength
const tagLength = 16

const label = labelBytes('countersign/v1/nonce')

const tagOf = (nonceKey: Uint8Array, thumbprint: string, content: Uint8Array): Uint8Array =>
  hmacSha256(nonceKey, label, fromBase64url(thumbprint), content).subarray(0, tagLength)

/**
 * A nonce, 44 characters, for the key with this thumbprint.
 *
 * @param random8 eight random bytes
 * @throws TypeError when `thumbprint` is not base64url, or there are not eight bytes
 */
export function createNonce(nonceKey: Uint8Array, thumbprint: string, nowSeconds: number, random8: Uint8Array): string {
  if (random8.length !== randomLength) throw new TypeError('A nonce takes eight random bytes.')
  const content = concatBytes(Uint8Array.of(version), uint64Bytes(nowSeconds), random8)
  return toBase64url(concatBytes(content, tagOf(nonceKey, thumbprint, content)))
}

/**
 * Judges a nonce: `good`; `old`, of this server and for this key, but not now; `foreign`, all else.
 *
 * A nonce of the future is `old` too: it would outlive the memory of it having been used.
 */
export function checkNonce(
  nonceKey: Uint8Array,
  thumbprint: string,
  nonce: string,
  nowSeconds: number,
): 'good' | 'old' | 'foreign' {
  const content = contentOf(nonceKey, thumbprint, nonce)
  if (content === null) return 'foreign'
  const age = nowSeconds - Number(uint64Of(content.subarray(1)))
  return -clockSlack <= age && age <= lifetime ? 'good' : 'old'
}

/** What was tagged, or null when nonce or thumbprint are malformed or do not belong to each other and to the key. */
function contentOf(nonceKey: Uint8Array, thumbprint: string, nonce: string): Uint8Array | null {
  try {
    const bytes = fromBase64url(nonce)
    const content = bytes.subarray(0, contentLength)
    if (content[0] !== version) return null
    return equalBytes(tagOf(nonceKey, thumbprint, content), bytes.subarray(contentLength)) ? content : null
  } catch {
    return null
  }
}
