/**
 * What server, phone and pages say to each other over HTTP, beside linking and decisions.
 *
 * Every answer carries `countersign-time` (milliseconds since the epoch) and, to phones, `countersign-nonce`.
 */
import * as z from 'zod/mini'
import { CredentialId } from './biometrics.ts'
import { DeclineReason } from './decision.ts'
import { DeliveryState } from './push.ts'
import {
  ApprovalId,
  CompactJws,
  DeviceId,
  EightDigits,
  Locale,
  PublicJwk,
  RenewalId,
  SixDigits,
  TwoDigits,
  TypedText,
} from './values.ts'

export const headerNames = {
  nonce: 'countersign-nonce',
  time: 'countersign-time',
  client: 'countersign-client',
} as const

/** `GET /v1/server`, unsigned: what a phone needs to know before it is linked. */
export const ServerAnswer = z.object({
  issuer: z.url(),
  name: z.string(),
  support_email: z.string(),
  minimum_app_version: z.string(),
  document_keys: z.array(PublicJwk),
})
export type ServerAnswer = z.infer<typeof ServerAnswer>

/** `GET /v1/device`, signed. */
export const DeviceAnswer = z.object({
  device: DeviceId,
  name: z.string(),
  state: z.enum(['active', 'blocked']),
  authenticating: z.boolean(),
  unlock_tries_left: z.int(),
  /** The renewal that made its unlock secret; null while it is the one of its linking. */
  renewal: z.nullable(RenewalId),
  /** The credential that opens the unlock secret beside the passcode, or none. */
  credential: z.nullable(CredentialId),
  account: z.object({ email: z.string(), name: z.string() }),
})
export type DeviceAnswer = z.infer<typeof DeviceAnswer>

/** `GET /v1/device/approvals`, and every event (`event: approvals`) of `GET /v1/device/events`. */
export const PendingApprovals = z.object({
  /** Changes whenever the list does. Given back as `after` together with `wait` (seconds, at most 25) it makes a long poll. */
  version: z.string(),
  approvals: z.array(
    z.object({
      approval: ApprovalId,
      document: CompactJws,
      /** With the binding `number`: three numbers in ascending order, of which one is on the page. */
      numbers: z.optional(z.tuple([TwoDigits, TwoDigits, TwoDigits])),
    }),
  ),
})
export type PendingApprovals = z.infer<typeof PendingApprovals>

/** Answer to a decision. */
export const DecisionAnswer = z.object({ approval: ApprovalId, state: z.enum(['approved', 'declined']) })
export type DecisionAnswer = z.infer<typeof DecisionAnswer>

/**
 * Where a sign-in is: `GET /sign-in/{sign-in}/state`, the answer of every post, and every event (`event: state`) of
 * `GET /sign-in/{sign-in}/events`. Times are milliseconds since the epoch by the server's clock, `now` included, so
 * that a page with a wrong clock still counts down rightly.
 */
const common = {
  /** Changes whenever the state does. Given back as `after` together with `wait` (seconds, at most 25) it makes a long poll. */
  version: z.string(),
  now: z.int(),
  application: z.string(),
  /** Where the application is, for the way back: made of what is registered, of nothing in the request. */
  application_url: z.url({ protocol: /^https?$/ }),
  support_email: z.string(),
}
export const SignInState = z.discriminatedUnion('step', [
  z.object({ ...common, step: z.literal('password') }),
  /** The phone is asked. */
  z.object({
    ...common,
    step: z.literal('waiting'),
    device: z.string(),
    /** What the phone says of this browser; null where it is none that we know. */
    browser: z.nullable(z.string()),
    /** How it stands with waking the phone. */
    push: DeliveryState,
    /** With the binding `number`: what the person picks on the phone. */
    number: z.nullable(TwoDigits),
    expires: z.int(),
  }),
  /** A code is on the page. The phone can still answer over its network. */
  z.object({
    ...common,
    step: z.literal('offline'),
    device: z.string(),
    number: z.nullable(TwoDigits),
    challenge: EightDigits,
    round: z.int(),
    expires: z.int(),
    tries_left: z.int(),
  }),
  /** Approved: the page posts `finish` and goes where it is told. */
  z.object({ ...common, step: z.literal('approved') }),
  z.object({ ...common, step: z.literal('declined'), reason: z.nullable(DeclineReason) }),
  /** Another number was picked on the phone than the one on the page. */
  z.object({ ...common, step: z.literal('wrong-number') }),
  /** Five wrong response codes ended the approval. */
  z.object({ ...common, step: z.literal('codes-spent') }),
  z.object({ ...common, step: z.literal('expired') }),
  z.object({ ...common, step: z.literal('cancelled') }),
  /** The account has no linked device: a code was sent to its number. */
  z.object({
    ...common,
    step: z.literal('sms-code'),
    /** Masked. */
    phone_number: z.string(),
    expires: z.int(),
    tries_left: z.int(),
  }),
  /** Five wrong SMS codes. */
  z.object({ ...common, step: z.literal('sms-spent') }),
  /** The SMS code was right. The person is led to linking; `finish` goes on, with a phone or without. */
  z.object({
    ...common,
    step: z.literal('link-phone'),
    phone_url: z.url(),
    /** The device, once one is linked. */
    device: z.nullable(z.string()),
  }),
  /** The account's device has spent its tries at the passcode. No SMS takes its place. */
  z.object({
    ...common,
    step: z.literal('blocked'),
    /** Null once it is the account's device no longer. */
    device: z.nullable(z.string()),
  }),
])
export type SignInState = z.infer<typeof SignInState>

/** `POST /sign-in/{sign-in}/password` */
export const PasswordBody = z.strictObject({
  email: TypedText(254),
  password: TypedText(256),
  locale: Locale,
})

/** `POST /sign-in/{sign-in}/response`: the response code from the phone, for the round on the page. */
export const ResponseBody = z.strictObject({ response: EightDigits })

/** `POST /sign-in/{sign-in}/code`: the code from the SMS. */
export const SmsCodeBody = z.strictObject({ code: SixDigits })

/** `POST /sign-in/{sign-in}/offline | wake | resend | restart | cancel | finish` take an empty object. */
export const EmptyBody = z.strictObject({})

/** Answer of `finish` and of `cancel`: where the browser goes next. */
export const FinishAnswer = z.object({ location: z.url() })
