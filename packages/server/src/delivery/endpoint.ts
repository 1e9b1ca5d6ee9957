/** PURE: where pushes may go. */
import type { Config } from '../config.ts'

const matches = (pattern: string, host: string): boolean =>
  pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1 : host === pattern

/**
 * Whether an endpoint, which somebody else chose, is one of a push service that this server sends to. Whether its address
 * may be connected to is asked when it is.
 */
export function isPushEndpoint(endpoint: string, { push, outbound }: Pick<Config, 'push' | 'outbound'>): boolean {
  const url = URL.parse(endpoint)
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false
  if (url.protocol !== 'https:' && !outbound.origins.includes(url.origin)) return false
  // With its port, where there is one: a pattern that names none allows none.
  return push.hosts.some((pattern) => matches(pattern, url.host))
}
