import { expect, test } from 'vitest'
import { phoneNameOf, platformOf } from './platform.ts'

test.each([
  ['Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36', 5, 'android'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)', 5, 'ios'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15', 5, 'ios'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15', 0, 'web'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0', 0, 'web'],
] as const)('%s with %i fingers is %s', (agent, fingers, platform) => {
  expect(platformOf(agent, fingers)).toBe(platform)
})

test.each([
  [
    '(Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0 Mobile Safari/537.36',
    5,
    'Chrome på Android',
  ],
  ['(Linux; Android 10; K) Chrome/146.0 SamsungBrowser/30.0 Mobile Safari/537.36', 5, 'Samsung Internet på Android'],
  ['(Android 15; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0', 5, 'Firefox på Android'],
  ['(iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1', 5, 'iPhone'],
  ['(Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15', 5, 'iPad'],
  ['(Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15', 0, 'Safari på Mac'],
  ['(Windows NT 10.0; Win64; x64) Chrome/146.0 Safari/537.36 Edg/146.0', 0, 'Edge på Windows'],
  ['(X11; Linux x86_64) Something/1.0', 0, 'Webbläsare på Linux'],
  ['Something else', 0, 'Webbläsare'],
])('%s with %i fingers is called %s', (agent, fingers, name) => {
  expect(phoneNameOf(`Mozilla/5.0 ${agent}`, fingers, { browser: 'Webbläsare', on: 'på' })).toBe(name)
})
