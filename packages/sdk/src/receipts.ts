/** Receipts: what proves later that a person has approved. */
import {
  keyIdOf,
  type PublicJwk,
  type ReceiptPayload,
  receiptKeysOf,
  thumbprintOf,
  verifyReceipt,
} from '@countersign/protocol'
import { CountersignError } from './countersign-error.ts'
import type { CallOptions, Reader, Send } from './requests.ts'
import type { System } from './system.ts'

export interface Receipts {
  /**
   * Verifies a receipt: the server's signature, that it is for your application, and, where the phone signed, the phone's
   * signature over exactly what was shown. The server's keys are fetched anew when one is missing, once a minute at most.
   *
   * What the receipt is about is yours to compare: its `document.data` must be what you are about to do.
   *
   * @example
   * const { document } = await countersign.receipts.verify(receipt)
   * if (document.data.amount !== payment.amount) throw new Error('Approved was another payment.')
   *
   * @throws CountersignError `receipt_invalid`; `network` and its like when the keys could not be fetched
   */
  verify(receipt: string, options?: CallOptions): Promise<ReceiptPayload>
}

const faults = {
  signature: 'The receipt is not signed by this server.',
  audience: 'The receipt is of another server, or for another application.',
  decision: "The phone's signature in the receipt is missing, or about something else.",
} as const

const KeySet: Reader<PublicJwk[]> = {
  safeParse(value) {
    try {
      return { success: true, data: receiptKeysOf(value) }
    } catch {
      return { success: false }
    }
  },
}

/** Milliseconds for which no other keys are fetched because one was missing: anybody can name one that there is not. */
const rest = 60_000
/** Milliseconds after which keys are fetched anew: one may have been taken away. */
const freshness = 3_600_000

interface FetchedKeys {
  readonly keys: readonly PublicJwk[]
  readonly at: number
  /** When they were last fetched because one was missing. */
  readonly missedAt: number
}

/** @internal */
export function receiptsOver(
  send: Send,
  { server, application, system }: { readonly server: string; readonly application: string; readonly system: System },
): Receipts {
  let fetched: FetchedKeys | null = null

  async function keysFor(id: string, options: CallOptions | undefined): Promise<readonly PublicJwk[]> {
    const now = system.now()
    const missing = fetched?.keys.every((jwk) => thumbprintOf(jwk) !== id) === true
    const isGood = fetched !== null && now - fetched.at < freshness && (!missing || now - fetched.missedAt < rest)
    if (fetched !== null && isGood) return fetched.keys
    const call = { method: 'GET', path: '/oidc/jwks', answer: KeySet, repeatable: true, open: true } as const
    const keys = await send(call, options)
    fetched = { keys, at: now, missedAt: missing ? now : Number.NEGATIVE_INFINITY }
    return keys
  }

  return {
    async verify(receipt, options) {
      const id = keyIdOf(receipt)
      const keys = id === null ? [] : await keysFor(id, options)
      const verified = await verifyReceipt(receipt, { keys, issuer: server, application })
      if (verified.kind === 'valid') return verified.receipt
      throw new CountersignError('receipt_invalid', faults[verified.fault], { fault: verified.fault })
    },
  }
}
