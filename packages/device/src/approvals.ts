/** The requests that wait for this phone. */

import { type ApprovalDocument, type ApprovalId, PendingApprovals } from '@countersign/protocol'
import type { CryptoKey } from 'jose'
import type { DeviceConnection } from './connection.ts'
import { checkDocument, type DocumentFault } from './document-check.ts'
import type { NetworkFailed, RequestRefused } from './failures.ts'
import type { StoredDevice } from './stored-device.ts'

/** A request that may be shown: its document was signed by the server, for this device, and is not over. */
export interface ShownApproval {
  readonly approval: ApprovalId
  readonly document: ApprovalDocument
  /** SHA-256 of the canonical document: what a decision is about. */
  readonly digest: Uint8Array
  /** With the binding `number`: the person says which of them is on the page. Null with any other. */
  readonly numbers: readonly [string, string, string] | null
}

/** A request whose document must not be shown. Worth a sentence to the person, unless it is merely over. */
export interface RefusedApproval {
  readonly approval: ApprovalId
  readonly fault: Exclude<DocumentFault, 'expired'>
}

export interface ListedApprovals {
  readonly approvals: readonly ShownApproval[]
  readonly refused: readonly RefusedApproval[]
}

/** What a watcher is told: the whole list each time it changed, or that the server is out of reach for now. */
export type ApprovalsNews =
  | ({ readonly kind: 'approvals' } & ListedApprovals)
  | { readonly kind: 'disconnected'; readonly reason: NetworkFailed | RequestRefused }

/** What is known of the pinned keys and the device while checking lists. */
export interface ApprovalsReader {
  readonly connection: DeviceConnection
  readonly stored: StoredDevice
  readonly keys: Map<string, CryptoKey>
}

export const approvalsPath = '/v1/device/approvals'

/** Checks every document of a list. */
export async function checkApprovals(reader: ApprovalsReader, pending: PendingApprovals): Promise<ListedApprovals> {
  const approvals: ShownApproval[] = []
  const refused: RefusedApproval[] = []
  for (const { approval, document: jws, numbers } of pending.approvals) {
    const now = reader.connection.serverNow()
    const checked = await checkDocument(jws, { approval, stored: reader.stored, keys: reader.keys, now })
    if (checked.fault === 'expired') continue
    if (checked.fault !== null) refused.push({ approval, fault: checked.fault })
    else if ((checked.document.binding === 'number') !== (numbers !== undefined))
      refused.push({ approval, fault: 'binding' })
    else approvals.push({ approval, document: checked.document, digest: checked.digest, numbers: numbers ?? null })
  }
  return { approvals, refused }
}

/** Fetches what waits now. @throws RequestRefused, NetworkFailed */
export async function listApprovals(reader: ApprovalsReader): Promise<ListedApprovals> {
  return checkApprovals(reader, await reader.connection.get(approvalsPath, PendingApprovals))
}
