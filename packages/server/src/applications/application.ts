/** PURE: what an application is, and where a browser may be sent back to. */
import type { ApplicationId } from '@countersign/protocol'

export interface Application {
  readonly id: ApplicationId
  /** As persons know it, and as it stands in documents. */
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
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

/** Whether a code may travel to this address: https, or http that stays on this machine, and no fragment (RFC 6749 section 3.1.2). */
export function isRedirectUri(text: string): boolean {
  if (!URL.canParse(text) || text.includes('#')) return false
  const { protocol, hostname, username, password } = new URL(text)
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname))
}
