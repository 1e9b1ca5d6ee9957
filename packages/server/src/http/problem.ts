/** From what was thrown to a problem (RFC 9457). The one mapper of the server. */
import type { Problem } from '@countersign/protocol'
import type { FastifyError } from 'fastify'
import { DatabaseUnavailable } from '../db/index.ts'
import { Refusal } from './refusal.ts'

export const problemMediaType = 'application/problem+json'

const title = (code: string) => {
  const words = code.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The problem that a refusal is told as. */
export function problemOf(refusal: Refusal): Problem {
  return {
    type: `urn:countersign:error:${refusal.code}`,
    title: title(refusal.code),
    status: refusal.status,
    code: refusal.code,
    ...refusal.extra,
  }
}

const isFastifyError = (error: unknown): error is FastifyError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_')

/** The refusal that an error stands for, or null when the error is a bug of ours. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error
  if (error instanceof DatabaseUnavailable) return new Refusal('unavailable', { retry_after: 1 })
  if (!isFastifyError(error)) return null
  // A file's address in another spelling, which its plugin refuses.
  if (error.statusCode === 403) return new Refusal('not_found')
  if (error.statusCode === 413) return new Refusal('too_large', { detail: 'A body may hold 32 kB at most.' })
  const clientFault = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
  return clientFault ? new Refusal('invalid_request', { detail: error.message }) : null
}
