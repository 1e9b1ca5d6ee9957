import { expect, test } from 'vitest'
import { ownScript } from './trusted-types.ts'

test('scripts come from the app’s own origin alone', () => {
  const origin = 'https://phone.strand.example'
  expect(ownScript('/service-worker.js', origin)).toBe('/service-worker.js')
  expect(ownScript(`${origin}/assets/worker.js`, origin)).toBe(`${origin}/assets/worker.js`)
  for (const foreign of ['https://evil.example/a.js', '//evil.example/a.js', 'data:text/javascript,1', 'blob:null/1']) {
    expect(() => ownScript(foreign, origin)).toThrow(TypeError)
  }
})
