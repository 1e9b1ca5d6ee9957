/**
 * What an application and its waiting pages say to the server (`/v1/approvals` and what belongs to it).
 *
 * An application's back end sends its API key, a page its page token, both as `Authorization: Bearer …`. A page token is
 * of one approval: it may watch, ask again, cancel, go offline and submit codes, and never redeem. Times are milliseconds
 * since the epoch by the server's clock.
 */
import * as z from 'zod/mini'
import { ActionData, ActionName, Binding, Line } from './document.ts'
import { DeliveryState } from './push.ts'
import { DecisionMethod } from './receipt.ts'
import { AccountId, ApprovalId, CompactJws, EightDigits, Locale, ShownText, TwoDigits } from './values.ts'

/** The application's own name for a person or for a browser session: visible ASCII. */
export const ExternalId = z.string().check(z.regex(/^[\x21-\x7e]{1,200}$/))
export type ExternalId = z.infer<typeof ExternalId>

/** An account by the server's id (the `sub` of the sign-in) or by the application's own. */
export const AccountReference = z.union([
  z.strictObject({ id: AccountId }),
  z.strictObject({ external_id: ExternalId }),
])
export type AccountReference = z.infer<typeof AccountReference>

/** `POST /v1/approvals`, with the API key. Takes `Idempotency-Key`. Answers 201 `StartedApproval`. */
export const StartApprovalBody = z.strictObject({
  account: AccountReference,
  action: ActionName,
  data: ActionData,
  /** The person's language; else the account's. */
  locale: z.optional(Locale),
  /** Where the request comes from, as the phone shows it; null where it is not known. */
  context: z.strictObject({ place: z.nullable(ShownText(80)), browser: z.nullable(ShownText(80)) }),
  /** The application's name for the browser session that asks. Of an action one approval is alive for each. */
  session: ExternalId,
  /** May raise what the template asks for, never lower it. */
  binding: z.optional(Binding),
})
export type StartApprovalBody = z.infer<typeof StartApprovalBody>

/** How far an approval is. Every answer about an approval, and every event (`event: approval`) of its stream. */
export const ApprovalAnswer = z.object({
  id: ApprovalId,
  /** Changes whenever the approval does. Given back as `after` together with `wait` (seconds, at most 25) it makes a long poll. */
  version: z.string(),
  now: z.int(),
  application: z.string(),
  support_email: z.string(),
  account: AccountId,
  action: ActionName,
  locale: Locale,
  headline: z.string(),
  lines: z.array(Line),
  state: z.enum(['pending', 'approved', 'declined', 'expired', 'cancelled']),
  /** Why it ended, where there is more to say: `not-me`, `wrong-details`, `changed-mind`, `wrong-number`, `codes-spent`, `replaced` … */
  reason: z.nullable(z.string()),
  /** The name of the phone that is asked. */
  device: z.string(),
  /** The phone has spent its tries at the passcode: nothing can answer any more. */
  device_blocked: z.boolean(),
  /** How it stands with waking the phone; null once the approval does not wait any more. */
  push: z.nullable(DeliveryState),
  /** With the binding `number`, while it waits: what the person picks on the phone. */
  number: z.nullable(TwoDigits),
  /** While a code is on the page. */
  offline: z.nullable(z.object({ challenge: EightDigits, round: z.int(), tries_left: z.int() })),
  /** End of the current round. */
  expires: z.int(),
  decided: z.nullable(z.int()),
  method: z.nullable(DecisionMethod),
  amr: z.nullable(z.array(z.string())),
  redeemed: z.boolean(),
})
export type ApprovalAnswer = z.infer<typeof ApprovalAnswer>

/** `GET /v1/approvals`, with the API key. */
export const ApprovalPage = z.object({
  /** The newest first. */
  items: z.array(ApprovalAnswer),
  /** The `cursor` of the next page; null at the end. */
  next: z.nullable(z.string()),
})
export type ApprovalPage = z.infer<typeof ApprovalPage>

export const StartedApproval = z.object({
  approval: ApprovalAnswer,
  /** For the page that waits. It is told here and never again. */
  page_token: z.string(),
})
export type StartedApproval = z.infer<typeof StartedApproval>

/**
 * `POST /v1/approvals/{approval}/wake | offline | cancel` take an empty object, `/response` a `ResponseBody`; all answer
 * `ApprovalAnswer`.
 */

/** `POST /v1/approvals/{approval}/redeem`, with the API key. */
export const RedeemBody = z.strictObject({
  /** Chosen by the application and committed together with its effect. The same one gets the same result for 24 hours. */
  redemption_id: ExternalId,
})
export type RedeemBody = z.infer<typeof RedeemBody>

export const RedeemedApproval = z.object({
  approval: ApprovalId,
  account: AccountId,
  action: ActionName,
  data: ActionData,
  method: DecisionMethod,
  amr: z.array(z.string()),
  decided: z.int(),
  /** The signed record (protocol section 10). */
  receipt: CompactJws,
})
export type RedeemedApproval = z.infer<typeof RedeemedApproval>
