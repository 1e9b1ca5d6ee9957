/** Approvals: asking, waiting, collecting. */
import {
  type ActionData,
  ApprovalAnswer,
  ApprovalPage,
  type Binding,
  type Locale,
  RedeemedApproval,
  StartedApproval,
} from '@countersign/protocol'
import { type CallOptions, type CreateOptions, pathOf, queryOf, type Reader, type Send } from './requests.ts'
import { delayAfter, isPassing } from './retry.ts'
import type { System } from './system.ts'

/** What a person is asked. */
export interface StartApproval {
  /** Who is asked: by the id of the server (`sub` of the sign-in), or by your own. */
  readonly account: { readonly id: string } | { readonly external_id: string }
  /** The name of an action that has a template. */
  readonly action: string
  /** What the action is about, as its template names it. */
  readonly data: ActionData
  /**
   * Your name for the browser session that asks. Of one account, action and session one approval is alive: asking the
   * same again finds it.
   */
  readonly session: string
  /** The person's language; else the account's. */
  readonly locale?: Locale | undefined
  /** Where the request comes from, as the phone shows it. */
  readonly context?: { readonly place: string | null; readonly browser: string | null } | undefined
  /** More than the template asks for; less is not taken. */
  readonly binding?: Binding | undefined
}

export interface ListApprovals {
  readonly state?: ApprovalAnswer['state'] | undefined
  /** At most so many on a page, 1 to 100. */
  readonly limit?: number | undefined
  /** `next` of the page before. */
  readonly cursor?: string | undefined
}

export interface Approvals {
  /**
   * Asks a person. Give `page_token` to the page that waits, and to nobody else: with it the page watches this approval.
   *
   * @example
   * const { approval, page_token } = await countersign.approvals.start({
   *   account: { external_id: 'anna' },
   *   action: 'transfer.create',
   *   data: { amount: '1250.00 SEK', payee: 'Elnät Syd AB' },
   *   session: session.id,
   * })
   *
   * @throws CountersignError `account_unknown`, `no_device` (a phone is to be linked first), `device_blocked`,
   * `template_unknown`, `data_refused` (the message names the field)
   */
  start(approval: StartApproval, options?: CreateOptions): Promise<StartedApproval>

  /**
   * How far an approval is.
   *
   * @example
   * const { state, reason } = await countersign.approvals.read(id)
   *
   * @throws CountersignError `not_found`, also for another application's
   */
  read(id: string, options?: CallOptions): Promise<ApprovalAnswer>

  /**
   * Waits until an approval is over, however often the connection is lost meanwhile. Gives up when the server could not be
   * reached for five minutes; nothing could be collected after that.
   *
   * @example
   * const { state } = await countersign.approvals.wait(approval.id, { signal: request.signal })
   * if (state !== 'approved') return nothingWasDone(state)
   */
  wait(id: string, options?: CallOptions): Promise<ApprovalAnswer>

  /**
   * Your approvals, a page at a time.
   *
   * @example
   * const { items, next } = await countersign.approvals.list({ state: 'pending' })
   */
  list(wanted?: ListApprovals, options?: CallOptions): Promise<ApprovalPage>

  /**
   * Notifies the phone once more.
   *
   * @example
   * await countersign.approvals.wake(approval.id)
   *
   * @throws CountersignError `rate_limited`
   */
  wake(id: string, options?: CallOptions): Promise<ApprovalAnswer>

  /**
   * Goes on without the phone's network: the answer has a code for the person to type into the app. Called again once that
   * code has run out, it gives the next one.
   *
   * @example
   * const { offline } = await countersign.approvals.goOffline(approval.id)
   * show(offline?.challenge)
   *
   * @throws CountersignError `offline_locked`
   */
  goOffline(id: string, options?: CallOptions): Promise<ApprovalAnswer>

  /**
   * Submits the eight digits that the app has shown for the code.
   *
   * @example
   * const { state } = await countersign.approvals.respond(approval.id, '48291337')
   *
   * @throws CountersignError `code_refused` (`triesLeft` says how many remain), `offline_locked`
   */
  respond(id: string, response: string, options?: CallOptions): Promise<ApprovalAnswer>

  /**
   * Withdraws the question. One that is over stays as it is: look at `state`.
   *
   * @example
   * const { state } = await countersign.approvals.cancel(approval.id)
   */
  cancel(id: string, options?: CallOptions): Promise<ApprovalAnswer>

  /**
   * Collects an approved approval, once: within five minutes, and before anything is done because of it. The same
   * redemption id gets the same answer for 24 hours, any other one is refused.
   *
   * @param redemptionId your own id of what is about to be done, kept together with it, so that it is done once
   *
   * @example
   * const { data, receipt } = await countersign.approvals.redeem(approval.id, `payment-${payment.id}`)
   *
   * @throws CountersignError `approval_not_pending` (it was not approved), `already_redeemed`, `redeem_too_late`
   */
  redeem(id: string, redemptionId: string, options?: CallOptions): Promise<RedeemedApproval>
}

/** Seconds for which the server is asked to hold back its answer. */
const held = 25
/** Milliseconds without any answer after which nobody waits any more. */
const patience = 5 * 60_000

const unknownOrigin = { place: null, browser: null }

/** @internal */
export function approvalsOver(send: Send, system: System): Approvals {
  const post = <Answer>(id: string, name: string, body: object, answer: Reader<Answer>, repeatable: boolean) => ({
    method: 'POST' as const,
    path: pathOf('approvals', id, name),
    body,
    answer,
    repeatable,
  })

  const look = (id: string, after: string | null, options: CallOptions | undefined) => {
    const path = pathOf('approvals', id)
    const call = { method: 'GET' as const, answer: ApprovalAnswer, repeatable: true }
    if (after === null) return send({ ...call, path }, options)
    // Repeated by who waits, who knows how long that has been going on.
    const query = queryOf({ wait: held, after })
    return send({ ...call, path: path + query, held: held * 1_000, repeatable: false }, options)
  }

  return {
    start: ({ context = unknownOrigin, ...approval }, options) =>
      send(
        {
          method: 'POST',
          path: pathOf('approvals'),
          body: { ...approval, context },
          answer: StartedApproval,
          repeatable: true,
          idempotencyKey: options?.idempotencyKey ?? system.name(),
        },
        options,
      ),

    read: (id, options) => look(id, null, options),

    async wait(id, options) {
      let version: string | null = null
      let heard = system.now()
      for (let failures = 0; ; ) {
        try {
          const answer: ApprovalAnswer = await look(id, version, options)
          if (answer.state !== 'pending') return answer
          version = answer.version
          heard = system.now()
          failures = 0
        } catch (error) {
          if (!isPassing(error) || system.now() - heard >= patience) throw error
          failures++
          await system.wait(delayAfter(error, failures, system.random()), options?.signal)
        }
      }
    },

    list(wanted = {}, options) {
      const path = pathOf('approvals') + queryOf(wanted)
      return send({ method: 'GET', path, answer: ApprovalPage, repeatable: true }, options)
    },

    wake: (id, options) => send(post(id, 'wake', {}, ApprovalAnswer, false), options),
    goOffline: (id, options) => send(post(id, 'offline', {}, ApprovalAnswer, false), options),
    respond: (id, response, options) => send(post(id, 'response', { response }, ApprovalAnswer, false), options),
    cancel: (id, options) => send(post(id, 'cancel', {}, ApprovalAnswer, true), options),
    redeem: (id, redemptionId, options) =>
      send(post(id, 'redeem', { redemption_id: redemptionId }, RedeemedApproval, true), options),
  }
}
