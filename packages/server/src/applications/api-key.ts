/** PURE: the key by which an application's back end says who it is. */
import { toBase64url } from '@countersign/protocol'
import * as z from 'zod/mini'

/** What a key may be used for. */
export const Scope = z.enum(['approvals', 'accounts', 'templates', 'webhooks'])
export type Scope = z.infer<typeof Scope>
export const scopes: readonly Scope[] = Scope.options

const form = /^csk_([a-z2-7]{12})_[A-Za-z0-9_-]{43}$/
const letters = 'abcdefghijklmnopqrstuvwxyz234567'

/**
 * A new key: `csk_` by which scanners of leaked secrets know it, an id by which people name it, and 32 random bytes.
 *
 * @param random 12 bytes for the id, and 32 that are secret
 */
export function apiKeyOf(random: { readonly id: Uint8Array; readonly secret: Uint8Array }): {
  readonly id: string
  readonly key: string
} {
  const id = Array.from(random.id, (byte) => letters[byte & 31]).join('')
  return { id, key: `csk_${id}_${toBase64url(random.secret)}` }
}

/** The id in a key, or null where it cannot be one. */
export const apiKeyIdIn = (key: string): string | null => form.exec(key)?.[1] ?? null

/** Whether a key may be used at a moment, in milliseconds since the epoch. */
export const isInForce = (key: { readonly expiresAt: number | null }, now: number): boolean =>
  key.expiresAt === null || now < key.expiresAt
