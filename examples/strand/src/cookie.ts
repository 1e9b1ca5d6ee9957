/** The one cookie: opaque, random, and meaningless anywhere but here. */

const value = /^[A-Za-z0-9_-]{43}$/

/** `__Host-` makes browsers insist on https, this very host and the whole site; http has no such thing. */
const nameOf = (secure: boolean) => (secure ? '__Host-strand_session' : 'strand_session')

/** @param header the request's `cookie` */
export function readCookie(header: string | undefined, secure: boolean): string | null {
  const name = `${nameOf(secure)}=`
  const pair = header?.split('; ').find((part) => part.startsWith(name))
  const found = pair?.slice(name.length) ?? ''
  return value.test(found) ? found : null
}

const attributes = (secure: boolean) => `; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`

/** A `set-cookie` header that lasts as long as the browser is open. */
export const writeCookie = (cookie: string, secure: boolean): string =>
  `${nameOf(secure)}=${cookie}${attributes(secure)}`

/** A `set-cookie` header that takes the cookie away. */
export const clearCookie = (secure: boolean): string => `${nameOf(secure)}=; Max-Age=0${attributes(secure)}`
