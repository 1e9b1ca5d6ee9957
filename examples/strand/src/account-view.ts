/** What Strand's server tells its own page. */
import * as z from 'zod/mini'

export const entryKinds = ['opening', 'salary', 'rent', 'groceries', 'travel'] as const

/** One booking. Amounts are öre; money out is negative. */
const Entry = z.object({
  id: z.int(),
  /** Milliseconds since the epoch. */
  bookedAt: z.int(),
  amount: z.int(),
  kind: z.enum(entryKinds),
})
export type Entry = z.infer<typeof Entry>

/** `GET /api/account` */
export const AccountView = z.discriminatedUnion('state', [
  z.object({ state: z.literal('guest') }),
  z.object({
    state: z.literal('customer'),
    name: z.string(),
    email: z.string(),
    balance: z.int(),
    /** The latest, newest first. */
    entries: z.array(Entry),
  }),
])
export type AccountView = z.infer<typeof AccountView>

/** `POST /logout`: where the browser goes next. */
export const LogoutAnswer = z.object({ location: z.string() })

/** Why a login came to nothing: `/problem/{kind}`. */
export const problemKinds = ['cancelled', 'expired', 'unreachable', 'failed'] as const
export type ProblemKind = (typeof problemKinds)[number]
