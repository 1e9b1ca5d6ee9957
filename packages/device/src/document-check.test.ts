import { digestOf, formatTimestamp, generateSigningKey, importVerifyKey, thumbprintOf } from '@countersign/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkDocument, type DocumentFault } from './document-check.ts'
import { approvalId, createStoredDevice, documentWith, serverStart, signedBy } from './server-for-tests.ts'

const { stored, documentKey } = await createStoredDevice()
const keys = new Map(
  await Promise.all(stored.documentKeys.map(async (jwk) => [thumbprintOf(jwk), await importVerifyKey(jwk)] as const)),
)
const check = (jws: string, now = serverStart) => checkDocument(jws, { approval: approvalId, stored, keys, now })

test('a document that the server signed for this device is shown, with its digest', async () => {
  const document = documentWith()
  const checked = await check(await signedBy(documentKey, document))
  expect(checked).toEqual({ fault: null, document, digest: digestOf(document) })
})

describe('a document is not shown', () => {
  const elsewhere = 'x'.repeat(22)
  const cases: readonly (readonly [string, object, DocumentFault])[] = [
    ['of another server', { audience: 'https://other.example' }, 'not-for-this-device'],
    ['of another account', { account: `acc_${elsewhere}` }, 'not-for-this-device'],
    ['of another device', { device: `dev_${elsewhere}` }, 'not-for-this-device'],
    ['under the name of another approval', { approval: `apr_${elsewhere}` }, 'not-for-this-device'],
    ['of a version that this app does not know', { v: 2 }, 'content'],
    ['with a field that this app does not know', { fee: '10.00' }, 'content'],
    ['with text that turns the direction of reading', { headline: 'Betala \u202e001 kr' }, 'content'],
    ['of a binding that this app does not know', { binding: 'code' }, 'binding'],
    ['abuse-8: that does not say where it comes from', { context: undefined }, 'content'],
    ['abuse-8: that leaves the place out', { context: { browser: 'Firefox' } }, 'content'],
    ['abuse-8: that leaves the browser out', { context: { place: null } }, 'content'],
    ['abuse-8: without its lines', { lines: undefined }, 'content'],
  ]
  test.each(cases)('%s', async (_, changes, fault) => {
    const jws = await signedBy(documentKey, { ...documentWith(), ...changes })
    expect(await check(jws)).toEqual({ fault })
  })

  test('abuse-7: with any text in which something is not seen, even where the server has signed it', async () => {
    const unseen = fc.constantFrom('\u202e', '\u2066', '\u200b', '\u200d', '\u2028', '\n', '\u3164', '\ufe0f', '\u00ad')
    const text = fc
      .tuple(fc.constantFrom('', 'Strand', 'Konto'), unseen, fc.constantFrom('', 'Bank'))
      .map((parts) => parts.join(''))
    const places = [
      (value: string) => ({ application: { id: 'strand', name: value } }),
      (value: string) => ({ headline: value }),
      (value: string) => ({ lines: [{ label: value, value: 'x' }] }),
      (value: string) => ({ lines: [{ label: 'Konto', value }] }),
      (value: string) => ({ context: { place: value, browser: null } }),
      (value: string) => ({ context: { place: null, browser: value } }),
    ]
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), text, async (put, value) => {
        const jws = await signedBy(documentKey, { ...documentWith(), ...put(value) })
        expect(await check(jws)).toEqual({ fault: 'content' })
      }),
      { numRuns: 100 },
    )
  })

  test('signed by a key that was not pinned', async () => {
    const jws = await signedBy(await generateSigningKey({ extractable: false }), documentWith())
    expect(await check(jws)).toEqual({ fault: 'signature' })
  })

  test('signed for another purpose', async () => {
    const jws = await signedBy(documentKey, documentWith(), 'countersign-link+jwt')
    expect(await check(jws)).toEqual({ fault: 'signature' })
  })

  test('once its round is over, by the server’s time', async () => {
    const jws = await signedBy(documentKey, documentWith({ expires: formatTimestamp(serverStart + 90_000) }))
    expect(await check(jws, serverStart + 89_999)).toMatchObject({ fault: null })
    expect(await check(jws, serverStart + 90_000)).toEqual({ fault: 'expired' })
  })
})
