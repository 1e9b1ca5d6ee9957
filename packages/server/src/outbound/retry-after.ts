import type { OutboundAnswer } from './outbound.ts'

/** Milliseconds that a service asks us to wait (RFC 9110 section 10.2.3), or null. `now` is in milliseconds. */
export function retryAfterOf(answer: OutboundAnswer, now: number): number | null {
  const header = answer.headers['retry-after']
  if (typeof header !== 'string') return null
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1_000
  const moment = Date.parse(header)
  return Number.isNaN(moment) ? null : Math.max(0, moment - now)
}
