import type { ApprovalId, DeviceId } from '@countersign/protocol'
import type { Context } from '../context.ts'
import { deviceTopic } from '../devices/index.ts'
import type { Queued } from '../jobs/index.ts'
import { announceWebhooks } from '../webhooks/index.ts'

/** Topic of the wake-ups of everybody who waits for an approval. */
export const approvalTopic = (approval: ApprovalId): string => `approval:${approval}`

/**
 * Wakes the pages and the phone of an approval, and makes what its end queued leave. Called after the commit, never inside
 * a transaction.
 */
export function wake(
  context: Context,
  approval: { readonly id: ApprovalId; readonly device: DeviceId },
  queued: readonly Queued[] = [],
): void {
  announceWebhooks(context, queued)
  context.wakeups.publish(approvalTopic(approval.id))
  context.wakeups.publish(deviceTopic(approval.device))
}
