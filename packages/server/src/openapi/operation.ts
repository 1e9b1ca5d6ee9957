/** PURE: what one route takes and answers, in the terms of OpenAPI 3.1. */
import type { ErrorCode } from '@countersign/protocol'
import type * as z from 'zod/mini'
import type { SchemaName } from './schemas.ts'

/** Who calls a route, and by what it shows who it is. */
export type Caller = 'anyone' | 'device' | 'application' | 'page' | 'browser'

export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** With parameters in braces. */
  readonly path: string
  /** Unique, and what generated clients call it. */
  readonly id: string
  /** One line. */
  readonly summary: string
  /** What else a developer must know. */
  readonly description?: string
  readonly callers: readonly Caller[]
  readonly query?: z.ZodMiniType
  readonly body?: SchemaName
  /** By status; null where there is no body. */
  readonly answers: Readonly<Record<number, SchemaName | null>>
  /** Answers with an event stream, whose data are of the schema of its 200. */
  readonly isStream?: boolean
  /** Takes `Idempotency-Key`. */
  readonly isOnce?: boolean
  /** What may be refused, beside what every route of these callers may. */
  readonly refusals?: readonly ErrorCode[]
}

const everybodys: readonly ErrorCode[] = ['invalid_request', 'not_found', 'too_large', 'internal', 'unavailable']

const callersRefusals: Readonly<Record<Caller, readonly ErrorCode[]>> = {
  anyone: [],
  device: ['signature_invalid', 'nonce_required', 'nonce_used', 'device_unknown', 'app_outdated'],
  application: ['key_refused', 'scope_missing'],
  page: ['key_refused', 'scope_missing', 'origin_refused'],
  browser: ['sign_in_expired', 'origin_refused'],
}

const oncesRefusals: readonly ErrorCode[] = ['idempotency_in_flight', 'idempotency_mismatch']

/** Every code that a route may refuse with. */
export function refusalsOf({ callers, refusals = [], isOnce = false }: Operation): ReadonlySet<ErrorCode> {
  return new Set([
    ...everybodys,
    ...callers.flatMap((caller) => callersRefusals[caller]),
    ...(isOnce ? oncesRefusals : []),
    ...refusals,
  ])
}
