/** What applications are told: an approval's end, once for each webhook, written down in the moment of the end. */
import { WebhookEvent } from '@countersign/protocol'
import type { Step } from './approval-safety.ts'

export function checkWebhooks({ before, after, world, demand }: Step): void {
  const told = new Map<string, number>()
  for (const { id, endpoint_id, type, body } of after.messages.values()) {
    if (before.messages.has(id)) continue
    const event = WebhookEvent.parse(JSON.parse(body))
    const { approval } = event.data
    const row = after.approvals.get(approval)
    const isTrue = row !== undefined && type === event.type && type === `approval.${row.state}`
    demand(isTrue && row.action !== 'login', 'somebody is told what did not happen')
    demand(before.approvals.get(approval)?.state === 'pending', 'an end is told that was long before')
    demand(!told.has(`${approval} ${endpoint_id}`), 'one webhook is told of an approval twice')
    told.set(`${approval} ${endpoint_id}`, 1)
    told.set(approval, (told.get(approval) ?? 0) + 1)
  }
  for (const row of after.approvals.values()) {
    if (row.action === 'login' || row.state === 'pending') continue
    if (before.approvals.get(row.id)?.state !== 'pending') continue
    demand(told.get(row.id) === world.webhooks.length, 'an end was not written down for every webhook')
  }
}
