/** Nonces that the server makes without remembering them (protocol section 5). */
import { concatBytes, equalBytes, fromBase64url, toBase64url, utf8 } from './bytes.ts'
import { hmacSha256 } from './hashes.ts'

const label = utf8('countersign/v1/nonce\0')
const prefixLength = 17
const macLength = 16
const lifetime = 300

const macOf = (nonceKey: Uint8Array, thumbprint: string, prefix: Uint8Array): Uint8Array =>
  hmacSha256(nonceKey, label, fromBase64url(thumbprint), prefix).subarray(0, macLength)

/** A nonce for the key with this thumbprint. `random` is 8 bytes. */
export function createNonce(nonceKey: Uint8Array, thumbprint: string, nowSeconds: number, random: Uint8Array): string {
  const prefix = new Uint8Array(prefixLength)
  prefix[0] = 1
  new DataView(prefix.buffer).setBigUint64(1, BigInt(nowSeconds))
  prefix.set(random, 9)
  return toBase64url(concatBytes(prefix, macOf(nonceKey, thumbprint, prefix)))
}

/** Whether a nonce is ours, for this key, and no older than 300 s. */
export function checkNonce(nonceKey: Uint8Array, thumbprint: string, nonce: string, nowSeconds: number): 'good' | 'old' | 'foreign' {
  let bytes: Uint8Array
  try {
    bytes = fromBase64url(nonce)
  } catch {
    return 'foreign'
  }
  if (bytes.length !== prefixLength + macLength || bytes[0] !== 1) return 'foreign'
  const prefix = bytes.subarray(0, prefixLength)
  if (!equalBytes(macOf(nonceKey, thumbprint, prefix), bytes.subarray(prefixLength))) return 'foreign'
  const age = nowSeconds - Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(1))
  // A little from the future: another of our processes may have a faster clock.
  return age <= lifetime && age >= -lifetime ? 'good' : 'old'
}
