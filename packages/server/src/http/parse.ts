/** Parsing at the edge: what comes in is a value of the right type after this, or a refusal. */
import type * as z from 'zod/mini'
import { Refusal } from './refusal.ts'

/** Parses `value`, or refuses with `invalid_request`, naming the first fault by its place, never by its content. */
export function parseInput<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const place = issue === undefined || issue.path.length === 0 ? 'the body' : issue.path.join('.')
  throw new Refusal('invalid_request', { detail: `Not as it should be: ${place}.` })
}
