/** PURE: what an application is, and where a browser may be sent back to. */
import type { ApplicationId } from '@countersign/protocol'

export interface Application {
  readonly id: ApplicationId
  /** As persons know it, and as it stands in documents. */
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  /** Whether it may ask for approvals by itself: its own authentication of the person stands for the first factor. */
  readonly startsApprovals: boolean
  /** Approvals that it may start in a minute, over all accounts. */
  readonly startsPerMinute: number
}

/**
 * Where the application is: the root of its first redirect URI, which is registered and was checked by `isRedirectUri`.
 * Nothing that a request says is in it, so that no link leads to where a stranger wants people to go.
 */
export function homeOf({ redirectUris: [first] }: Pick<Application, 'redirectUris'>): string {
  if (first === undefined) throw new Error('An application has no redirect URI.')
  return new URL('/', first).href
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

const isSafe = ({ protocol, hostname, username, password }: URL): boolean =>
  username === '' && password === '' && (protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname)))

/** Whether a code may travel to this address: https, or http that stays on this machine, and no fragment (RFC 6749 section 3.1.2). */
export const isRedirectUri = (text: string): boolean =>
  URL.canParse(text) && !text.includes('#') && isSafe(new URL(text))

/** Whether pages may be at this origin (RFC 6454): https, or http that stays on this machine, and nothing behind it. */
export const isPageOrigin = (text: string): boolean =>
  URL.canParse(text) && new URL(text).origin === text && isSafe(new URL(text))
