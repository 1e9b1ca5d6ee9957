/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a creating call that is sent again, because its answer got
 * lost, gets the answer of the first time and does nothing twice.
 *
 * A key is scoped to application and route and kept for 24 hours. The call is written down before it runs; its answer,
 * which may hold a secret, is kept sealed. A refusal is not kept: nothing was done, and the call may be made again.
 */
import { type ApplicationId, equalBytes, fromUtf8, sha256, utf8 } from '@countersign/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod/mini'
import type { Context } from '../context.ts'
import {
  deleteExpiredKeys,
  type IdempotencyRow,
  insertKey,
  type KeyName,
  readKey,
  releaseKey,
  takeOverKey,
  writeAnswer,
} from './idempotency-store.ts'
import { Refusal } from './refusal.ts'

/** What a call answers. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

const Stored = z.object({ status: z.int(), body: z.unknown() })

const form = /^[\x21-\x7e]{1,200}$/

/** @throws Refusal `invalid_request` */
function keyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key']
  if (key === undefined) return null
  if (typeof key !== 'string' || !form.test(key)) {
    throw new Refusal('invalid_request', { detail: 'An Idempotency-Key has 1 to 200 visible ASCII characters.' })
  }
  return key
}

const sealedFor = ({ application, route, key }: KeyName) => `${application} ${route} ${key}`

type Begun = { readonly kind: 'run' } | { readonly kind: 'answered'; readonly answer: Answer }

async function begin(context: Context, row: IdempotencyRow): Promise<Begun> {
  return context.db.write(async (transaction): Promise<Begun> => {
    if (await insertKey(transaction, row)) return { kind: 'run' }
    const before = await readKey(transaction, row.name)
    // Forgotten in between, or a call that died with its process: this one takes its place.
    if (before === null || before.isOver) {
      if (await takeOverKey(transaction, row)) return { kind: 'run' }
      throw new Refusal('idempotency_in_flight')
    }
    if (!equalBytes(before.bodyHash, row.bodyHash)) throw new Refusal('idempotency_mismatch')
    if (before.answer === null) {
      if (before.isLeaseOver && (await takeOverKey(transaction, row))) return { kind: 'run' }
      throw new Refusal('idempotency_in_flight', { retry_after: 1 })
    }
    const text = fromUtf8(context.seal.open(before.answer, sealedFor(row.name)))
    return { kind: 'answered', answer: Stored.parse(JSON.parse(text)) }
  })
}

async function runAndKeep(context: Context, row: IdempotencyRow, run: () => Promise<Answer>): Promise<Answer> {
  let answer: Answer
  try {
    answer = await run()
  } catch (error) {
    await context.db.write((transaction) => releaseKey(transaction, row))
    throw error
  }
  const sealed = context.seal.seal(utf8(JSON.stringify(answer)), sealedFor(row.name))
  await context.db.write((transaction) => writeAnswer(transaction, row, sealed))
  return answer
}

/** A call with its key. `body` is what was sent. */
export interface KeyedCall extends KeyName {
  readonly body: Uint8Array
}

/**
 * Runs a call once for its key, and answers it as the first time where it comes again.
 *
 * @throws Refusal `idempotency_in_flight`, `idempotency_mismatch`, and what `run` throws
 */
export async function runOnce(
  context: Context,
  { body, ...name }: KeyedCall,
  run: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly isReplayed: boolean }> {
  const row = { name, bodyHash: sha256(body), run: context.random.id('run') }
  const begun = await begin(context, row)
  if (begun.kind === 'answered') return { answer: begun.answer, isReplayed: true }
  return { answer: await runAndKeep(context, row, run), isReplayed: false }
}

/**
 * Runs a creating call, once for its `Idempotency-Key`; without one, as often as it is sent.
 *
 * @param route method and path, without what is of one call alone
 * @throws Refusal `invalid_request`, `idempotency_in_flight`, `idempotency_mismatch`, and what `run` throws
 */
export async function sendOnce(
  context: Context,
  {
    request,
    reply,
    application,
    route,
  }: {
    readonly request: FastifyRequest
    readonly reply: FastifyReply
    readonly application: ApplicationId
    readonly route: string
  },
  run: () => Promise<Answer>,
): Promise<unknown> {
  const key = keyOf(request)
  if (key === null) {
    const { status, body } = await run()
    reply.code(status)
    return body
  }
  const call = { application, route, key, body: request.rawBody }
  const { answer, isReplayed } = await runOnce(context, call, run)
  if (isReplayed) reply.header('idempotency-replayed', 'true')
  const { status, body } = answer
  reply.code(status)
  return body
}

/** Forgets keys after their time. */
export async function sweepIdempotencyKeys(context: Context): Promise<void> {
  await context.db.write(deleteExpiredKeys)
}
