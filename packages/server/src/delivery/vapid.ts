/** Who sends a push, told to the push service (RFC 8292). */
import { sign } from 'node:crypto'
import type { VapidKey } from '../platform/vapid-keys.ts'

/** Seconds for which a token is good. RFC 8292 section 2 allows 24 hours. */
const tokenLength = 12 * 3_600
/** Seconds before its end at which a token is not used any more. */
const tokenReserve = 3_600

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const header = encode({ typ: 'JWT', alg: 'ES256' })

export interface VapidClaims {
  /** Origin of the push service. */
  readonly audience: string
  /** Whom the push service may write to: `mailto:` or https. */
  readonly contact: string
  /** Seconds since the epoch. */
  readonly expires: number
}

/** The `Authorization` of a request to the push service (RFC 8292 section 3). */
export function signVapid({ publicKey, privateKey }: VapidKey, { audience, contact, expires }: VapidClaims): string {
  const signed = `${header}.${encode({ aud: audience, exp: expires, sub: contact })}`
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `vapid t=${signed}.${signature.toString('base64url')}, k=${publicKey}`
}

/** Gives the `Authorization` for a push service. */
export type VapidAuthorization = (key: VapidKey, audience: string, now: number) => string

/** Signs once per key and push service, and again before that ends. `now` is in milliseconds. */
export function rememberVapid(contact: string): VapidAuthorization {
  const remembered = new Map<string, { readonly authorization: string; readonly expires: number }>()
  return (key, audience, now) => {
    const seconds = Math.floor(now / 1_000)
    const name = `${key.publicKey} ${audience}`
    const known = remembered.get(name)
    if (known !== undefined && known.expires - tokenReserve > seconds && known.expires - tokenLength <= seconds) {
      return known.authorization
    }
    const expires = seconds + tokenLength
    const authorization = signVapid(key, { audience, contact, expires })
    // Push services are few; whoever sees to it that they are not gets nothing but signatures.
    if (remembered.size >= 256) remembered.clear()
    remembered.set(name, { authorization, expires })
    return authorization
  }
}
