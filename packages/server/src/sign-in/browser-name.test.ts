import { ShownText } from '@countersign/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { browserNameOf } from './browser-name.ts'

const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)'
const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'

test.each([
  [`${windows} Chrome/141.0.0.0 Safari/537.36`, 'Chrome, Windows'],
  [`${windows} HeadlessChrome/141.0.0.0 Safari/537.36`, 'Chrome, Windows'],
  [`${windows} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`, 'Edge, Windows'],
  [`${windows} Chrome/141.0.0.0 Safari/537.36 OPR/120.0.0.0`, 'Opera, Windows'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0', 'Firefox, Linux'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15', 'Safari, Mac'],
  [`${iphone} Version/19.0 Mobile/15E148 Safari/604.1`, 'Safari, iPhone'],
  [`${iphone} CriOS/141.0 Mobile/15E148 Safari/604.1`, 'Chrome, iPhone'],
  [
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
    'Samsung Internet, Android',
  ],
  ['curl/8.5.0', null],
  ['', null],
  [undefined, null],
  [`${windows} Chrome/141.0.0.0${' '.repeat(1_000)}`, null],
])('%s is %s', (userAgent, name) => {
  expect(browserNameOf(userAgent)).toBe(name)
})

test('whatever is sent, what reaches the phone is text that may be shown', () => {
  const hostile = fc
    .array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('Chrome/', 'Windows', '\u202e', 'Edg/', '\n')))
    .map((parts) => parts.join(' '))
  fc.assert(
    fc.property(hostile, (userAgent) => {
      const name = browserNameOf(userAgent)
      expect(name === null || ShownText(80).safeParse(name).success).toBe(true)
    }),
  )
})
