/** PURE but for the key it is given: the receipt of an approved approval (protocol section 10). */
import {
  type ApprovalDocument,
  canonicalBytes,
  formatTimestamp,
  type PublicJwk,
  ReceiptPayload,
  receiptType,
  signJws,
} from '@countersign/protocol'
import type { ReceiptKey } from '../platform/receipt-keys.ts'
import type { StoredApproval } from './approval-store.ts'

/** What a receipt is made of. */
export interface Answered {
  readonly approval: StoredApproval
  /** Of the round that was answered. */
  readonly document: ApprovalDocument
  readonly deviceKey: PublicJwk
}

/** Signs the receipt. @throws Error when the approval is not approved */
export async function signReceipt(key: ReceiptKey, { approval, document, deviceKey }: Answered): Promise<string> {
  const payload = ReceiptPayload.parse({
    v: 1,
    iss: document.audience,
    aud: document.application.id,
    document,
    evidence: approval.decisionJws === null ? 'server-attested' : 'device-signed',
    decision: approval.decisionJws,
    device_key: deviceKey,
    method: approval.method,
    amr: approval.amr,
    decided: formatTimestamp(approval.decidedAt ?? Number.NaN),
  })
  return signJws({ type: receiptType, keyId: key.id, payload: canonicalBytes(payload), key: key.key })
}
