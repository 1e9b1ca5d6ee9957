/** Bytes and the texts they travel in. Every decoder refuses what its encoder would not have made. */

interface Alphabet {
  readonly letters: string
  /** The six bits that a character code stands for, or -1. */
  readonly sextets: Int8Array
}

function alphabetOf(last: string): Alphabet {
  const letters = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${last}`
  const sextets = new Int8Array(128).fill(-1)
  for (let sextet = 0; sextet < letters.length; sextet++) sextets[letters.charCodeAt(sextet)] = sextet
  return { letters, sextets }
}

const base64 = alphabetOf('+/')
const base64url = alphabetOf('-_')

function encodeSextets(bytes: Uint8Array, { letters }: Alphabet): string {
  let text = ''
  let pending = 0
  let bits = 0
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 6) {
      bits -= 6
      text += letters[(pending >> bits) & 63]
    }
  }
  return bits === 0 ? text : text + letters[(pending << (6 - bits)) & 63]
}

function decodeSextets(text: string, { sextets }: Alphabet): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8))
  let pending = 0
  let bits = 0
  let length = 0
  for (let index = 0; index < text.length; index++) {
    const sextet = sextets[text.charCodeAt(index)] ?? -1
    if (sextet === -1) throw new TypeError('Not base64: a character outside of the alphabet.')
    pending = ((pending << 6) | sextet) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = (pending >> bits) & 255
    }
  }
  // Otherwise several texts would stand for the same bytes, and what is signed or remembered as text could be changed.
  if (bits === 6 || (pending & ((1 << bits) - 1)) !== 0) throw new TypeError('Not base64: it does not end as it must.')
  return bytes
}

/** Base64url without padding (RFC 4648 section 5). */
export const toBase64url = (bytes: Uint8Array): string => encodeSextets(bytes, base64url)

/**
 * The bytes of base64url without padding.
 *
 * @throws TypeError for padding, characters outside of the alphabet, a length that none has, or trailing bits that are not 0
 */
export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> => decodeSextets(text, base64url)

/** Base64 with padding (RFC 4648 section 4), as structured fields carry bytes (RFC 9651 section 3.3.5). */
export function toBase64(bytes: Uint8Array): string {
  const text = encodeSextets(bytes, base64)
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}

/** The bytes of base64 with padding, as strictly as `fromBase64url`. @throws TypeError */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 4 !== 0) throw new TypeError('Not base64: the padding is missing.')
  return decodeSextets(text.replace(/={1,2}$/, ''), base64)
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += hexOfByte[byte]
  return text
}

/** The bytes of hexadecimal, in either case. @throws TypeError */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) throw new TypeError('Not hexadecimal.')
  const bytes = new Uint8Array(text.length / 2)
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16)
  }
  return bytes
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

/** The text of UTF-8 bytes; a byte order mark stays in it. @throws TypeError when they are not UTF-8 */
export const fromUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes)

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Whether both are the same, in a time that depends on the lengths alone. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0)
  return difference === 0
}

/** Eight bytes, big-endian. @throws RangeError when the number is not a whole one of 64 bits, unsigned */
export function uint64Bytes(value: bigint | number): Uint8Array<ArrayBuffer> {
  const whole = BigInt(value)
  if (BigInt.asUintN(64, whole) !== whole) throw new RangeError('Not an unsigned number of 64 bits.')
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, whole)
  return bytes
}

/** The number in the first eight bytes, big-endian. @throws RangeError when there are fewer */
export const uint64Of = (bytes: Uint8Array): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(0)
