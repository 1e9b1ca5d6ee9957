import { expect, test } from 'vitest'
import { clearCookie, readCookie, writeCookie } from './cookie.ts'

const value = 'A'.repeat(43)

test('over https the cookie belongs to this very host', () => {
  expect(writeCookie(value, true)).toBe(`__Host-strand_session=${value}; Path=/; HttpOnly; SameSite=Lax; Secure`)
  expect(clearCookie(true)).toBe('__Host-strand_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure')
})

test.each([
  [`strand_session=${value}`, value],
  [`other=1; strand_session=${value}; more=2`, value],
  [`xstrand_session=${value}`, null],
  [`__Host-strand_session=${value}`, null],
  ['strand_session=short', null],
  [`strand_session=${value}=`, null],
  [undefined, null],
])('in %j there is %j', (header, found) => {
  expect(readCookie(header, false)).toBe(found)
})

test('over https a cookie without the prefix is not read', () => {
  expect(readCookie(`strand_session=${value}`, true)).toBeNull()
  expect(readCookie(`__Host-strand_session=${value}`, true)).toBe(value)
})
