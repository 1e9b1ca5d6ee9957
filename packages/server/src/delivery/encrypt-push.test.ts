import { createDecipheriv, createECDH, type ECDH, hkdfSync } from 'node:crypto'
import { concatBytes, fromBase64url, fromUtf8, toBase64url, utf8 } from '@countersign/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import vectors from '../../../../vectors/webpush-rfc8291.json' with { type: 'json' }
import { encryptPush, longestPayload } from './encrypt-push.ts'

const { rfc8291, rfc8188 } = vectors

const newEcdh = (): ECDH => {
  const ecdh = createECDH('prime256v1')
  ecdh.generateKeys()
  return ecdh
}

const newPair = () => {
  const ecdh = newEcdh()
  return { ecdh, publicKey: ecdh.getPublicKey() }
}

/** RFC 8188 section 2, for a body of one record. */
function decode(body: Uint8Array, inputKey: Uint8Array): Uint8Array {
  const idLength = body[20] ?? 0
  const derive = (info: string, length: number) =>
    Buffer.from(hkdfSync('sha256', inputKey, body.subarray(0, 16), `Content-Encoding: ${info}\0`, length))
  const sealed = body.subarray(21 + idLength)
  const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12))
  decipher.setAuthTag(sealed.subarray(-16))
  const record = concatBytes(decipher.update(sealed.subarray(0, -16)), decipher.final())
  const end = record.findLastIndex((byte) => byte !== 0)
  if (record[end] !== 2) throw new Error('The record is not the last one.')
  return record.subarray(0, end)
}

/** What a browser does (RFC 8291 section 3.4). */
function decrypt(body: Uint8Array, browser: ECDH, auth: Uint8Array): Uint8Array {
  const sender = body.subarray(21, 86)
  const info = concatBytes(utf8('WebPush: info\0'), browser.getPublicKey(), sender)
  return decode(body, new Uint8Array(hkdfSync('sha256', browser.computeSecret(sender), auth, info, 32)))
}

test('the vector of RFC 8291 appendix A', () => {
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(fromBase64url(rfc8291.asPrivate))
  const keys = { p256dh: fromBase64url(rfc8291.uaPublic), auth: fromBase64url(rfc8291.authSecret) }
  const body = encryptPush(utf8(rfc8291.plaintextUtf8), keys, {
    ecdh,
    publicKey: ecdh.getPublicKey(),
    salt: fromBase64url(rfc8291.salt),
  })
  expect(toBase64url(body)).toBe(rfc8291.body)
})

test('the first vector of RFC 8188 says the same of the content encoding', () => {
  const [example] = rfc8188.examples
  expect(fromUtf8(decode(fromBase64url(example?.body ?? ''), fromBase64url(example?.ikm ?? '')))).toBe(
    'I am the walrus',
  )
})

test('the browser it is for reads what was sent, whatever it is, and no other browser does', () => {
  const [browser, other] = [newEcdh(), newEcdh()]
  const auth = fromBase64url(rfc8291.authSecret)
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: longestPayload }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      (payload, salt) => {
        const body = encryptPush(payload, { p256dh: browser.getPublicKey(), auth }, { ...newPair(), salt })
        expect(body.length).toBe(payload.length + 103)
        expect(decrypt(body, browser, auth)).toEqual(Uint8Array.from(payload))
        expect(() => decrypt(body, other, auth)).toThrow()
        expect(() => decrypt(body, browser, new Uint8Array(16))).toThrow()
      },
    ),
    { numRuns: 30 },
  )
})

test('a payload that no push service need take is refused, and so is a key off the curve', () => {
  const keys = { p256dh: newEcdh().getPublicKey(), auth: new Uint8Array(16) }
  const entropy = { ...newPair(), salt: new Uint8Array(16) }
  expect(encryptPush(new Uint8Array(longestPayload), keys, entropy)).toHaveLength(4096)
  expect(() => encryptPush(new Uint8Array(longestPayload + 1), keys, entropy)).toThrow(RangeError)
  const offCurve = Uint8Array.from(keys.p256dh, (byte, index) => (index === 64 ? byte ^ 1 : byte))
  expect(() => encryptPush(new Uint8Array(1), { ...keys, p256dh: offCurve }, entropy)).toThrow()
})
