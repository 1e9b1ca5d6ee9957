/** Countersign as Strand's approver, by the SDK. */
import { Countersign, CountersignError, type TemplateDefinition } from '@countersign/sdk'
import type { EndReason } from './account-view.ts'
import type { Approver, Asked, Collected, Looked } from './approver.ts'
import type { StrandConfig } from './config.ts'
import { mostToPay } from './payment.ts'
import { transferAction } from './transfer.ts'

/** What the phone shows of a transfer. */
const transferTemplate: TemplateDefinition = {
  binding: 'number',
  fields: {
    amount: { type: 'money', maximum: { SEK: (mostToPay / 100).toFixed(2) } },
    payee: { type: 'text', maximum_length: 60 },
    account_number: { type: 'iban' },
    message: { type: 'text', maximum_length: 140, optional: true },
  },
  headline: { sv: 'Betala {amount} till {payee}', en: 'Pay {amount} to {payee}' },
  lines: [
    { label: { sv: 'Belopp', en: 'Amount' }, field: 'amount' },
    { label: { sv: 'Mottagare', en: 'Payee' }, field: 'payee' },
    { label: { sv: 'Kontonummer', en: 'Account number' }, field: 'account_number' },
    { label: { sv: 'Meddelande', en: 'Message' }, field: 'message' },
  ],
}

type Code = CountersignError['code']

const whyNotAsked: Partial<Record<Code, EndReason>> = {
  no_device: 'no-device',
  device_blocked: 'device-blocked',
  rate_limited: 'too-many',
  account_unknown: 'not-asked',
  data_refused: 'not-asked',
  idempotency_mismatch: 'not-asked',
}

const whyNotCollected: Partial<Record<Code, EndReason>> = {
  redeem_too_late: 'void',
  already_redeemed: 'void',
  approval_not_pending: 'void',
  not_found: 'void',
  receipt_invalid: 'changed',
}

/** It is away for a while: nothing to look into. */
const passing: readonly Code[] = ['network', 'timeout', 'unavailable', 'idempotency_in_flight']

/** Milliseconds for one try: somebody looks at the page. */
const patience = 5_000

/**
 * What a call gives; a refusal by the reason that it has for us. Everything else may be otherwise the next time.
 */
async function refusable<Answer>(
  call: () => Promise<Answer>,
  reasons: Partial<Record<Code, EndReason>>,
  log: (line: string) => void,
) {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error
    const reason = reasons[error.code]
    if (reason !== undefined) return { kind: 'refused', reason } as const
    if (!passing.includes(error.code)) log(`Countersign could not be asked: ${error.code}`)
    return { kind: 'unreachable' } as const
  }
}

type ApprovalAnswer = Awaited<ReturnType<Countersign['approvals']['read']>>

const declines: Readonly<Record<string, EndReason>> = { 'wrong-number': 'wrong-number', 'codes-spent': 'codes-spent' }

function lookedOf({ state, reason, device_blocked: isBlocked }: ApprovalAnswer): Looked {
  if (state === 'approved') return { kind: 'approved' }
  // Nothing can answer any more, though it has some time left.
  if (state === 'pending') return isBlocked ? { kind: 'over', reason: 'device-blocked' } : { kind: 'pending' }
  return { kind: 'over', reason: state === 'declined' ? (declines[reason ?? ''] ?? state) : state }
}

export function countersignOf(
  { issuer, clientId, apiKey }: Pick<StrandConfig, 'issuer' | 'clientId' | 'apiKey'>,
  log: (line: string) => void,
): Approver {
  const countersign = new Countersign({ server: issuer, application: clientId, apiKey, timeout: patience, retries: 1 })
  let isDefined = false
  /** Once for each start of Strand, and not before it is needed: Strand starts without Countersign. */
  const define = async () => {
    if (!isDefined) await countersign.templates.put(transferAction, transferTemplate)
    isDefined = true
  }
  return {
    ask: ({ key, subject, data, locale, browser, session }) =>
      refusable(
        async (): Promise<Asked> => {
          await define()
          const { approval, page_token: pageToken } = await countersign.approvals.start(
            {
              account: { id: subject },
              action: transferAction,
              data,
              locale,
              context: { place: null, browser },
              session,
            },
            { idempotencyKey: key },
          )
          return { kind: 'asked', approval: approval.id, pageToken }
        },
        whyNotAsked,
        log,
      ),
    look: async (approval) => {
      const answer = await refusable(
        async () => lookedOf(await countersign.approvals.read(approval)),
        { not_found: 'expired' },
        log,
      )
      return answer.kind === 'refused' ? { kind: 'over', reason: answer.reason } : answer
    },
    collect: (approval, redemption) =>
      refusable(
        async (): Promise<Collected> => {
          const { receipt } = await countersign.approvals.redeem(approval, redemption)
          const { document } = await countersign.receipts.verify(receipt)
          return { kind: 'collected', document, receipt }
        },
        whyNotCollected,
        log,
      ),
  }
}
