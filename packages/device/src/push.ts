/** Being woken: where this phone is reached, and saying that it was (protocol section 5). */
import {
  type ApprovalId,
  PushAnswer,
  type PushSubscriptionBody,
  type ReceivedBody,
  type Transport,
} from '@countersign/protocol'
import type * as z from 'zod/mini'
import type { DeviceConnection } from './connection.ts'

const path = '/v1/device/push'

/** How the server stands to pushing to this device. @throws NetworkFailed, RequestRefused */
export const readPush = (connection: DeviceConnection): Promise<PushAnswer> => connection.get(path, PushAnswer)

/** Tells the server where this device is reached. @throws NetworkFailed, RequestRefused */
export const subscribePush = (
  connection: DeviceConnection,
  subscription: z.input<typeof PushSubscriptionBody>,
): Promise<PushAnswer> => connection.put(path, subscription, PushAnswer)

/** Ends pushes to this device. @throws NetworkFailed, RequestRefused */
export const endPush = (connection: DeviceConnection): Promise<void> => connection.delete(path)

/** Says that this phone was reached. @throws NetworkFailed, RequestRefused */
export function confirmReceived(
  connection: DeviceConnection,
  approval: ApprovalId,
  transport: Transport,
): Promise<void> {
  const body: z.input<typeof ReceivedBody> = { transport }
  return connection.tell(`/v1/device/approvals/${approval}/received`, body)
}
