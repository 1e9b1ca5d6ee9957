/** Whether a document may be shown on this phone (protocol section 3). */

import type { ApprovalId } from '@countersign/protocol'
import {
  ApprovalDocument,
  digestOf,
  documentType,
  parseCanonical,
  parseTimestamp,
  verifyJws,
} from '@countersign/protocol'
import type { CryptoKey } from 'jose'
import type { StoredDevice } from './stored-device.ts'

export type DocumentFault =
  /** Not signed by a key that was pinned at linking. */
  | 'signature'
  /** Signed, but of a version or with a field that this app does not know, or not canonical to the byte. */
  | 'content'
  /** About another server, account, device or approval. */
  | 'not-for-this-device'
  /** Wants page and phone tied together in a way that this app does not know. */
  | 'binding'
  /** Its round is over, by the server's time as this phone knows it. */
  | 'expired'

export type CheckedDocument =
  | { readonly fault: null; readonly document: ApprovalDocument; readonly digest: Uint8Array }
  | { readonly fault: DocumentFault }

export interface DocumentExpectations {
  readonly approval: ApprovalId
  readonly stored: Pick<StoredDevice, 'issuer' | 'device' | 'account'>
  /** The pinned keys by their thumbprints. */
  readonly keys: Map<string, CryptoKey>
  /** Milliseconds since the epoch, by the server's clock. */
  readonly now: number
}

function parseDocument(payload: Uint8Array): ApprovalDocument | null {
  try {
    return parseCanonical(ApprovalDocument, payload)
  } catch {
    return null
  }
}

function faultOf(document: ApprovalDocument, { approval, stored, now }: DocumentExpectations): DocumentFault | null {
  const meant =
    document.audience === stored.issuer &&
    document.account === stored.account.id &&
    document.device === stored.device &&
    document.approval === approval
  if (!meant) return 'not-for-this-device'
  if (document.binding !== 'plain' && document.binding !== 'number') return 'binding'
  return now < parseTimestamp(document.expires) ? null : 'expired'
}

/** Checks everything; a document with a fault must never be shown. */
export async function checkDocument(jws: string, expectations: DocumentExpectations): Promise<CheckedDocument> {
  const verified = await verifyJws(jws, { type: documentType, keys: expectations.keys })
  if (verified === null) return { fault: 'signature' }
  const document = parseDocument(verified.payload)
  if (document === null) return { fault: 'content' }
  const fault = faultOf(document, expectations)
  return fault === null ? { fault, document, digest: digestOf(document) } : { fault }
}
