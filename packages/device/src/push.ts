/** Being woken: where this phone is reached, and saying that it was (protocol section 5). */
import { type ApprovalId, PushAnswer, type PushSubscriptionBody, type Transport } from '@countersign/protocol'
import type { DeviceConnection } from './connection.ts'

/** Every method throws `NetworkFailed` and `RequestRefused`. */
export interface PushDevice {
  /** How the server stands to pushing to this device. */
  readPush(): Promise<PushAnswer>
  /** Tells the server where this device is reached, in place of what it knew. */
  subscribePush(subscription: PushSubscriptionBody): Promise<PushAnswer>
  /** Ends pushes to this device. */
  endPush(): Promise<void>
  /** Says that this phone was reached. */
  confirmReceived(approval: ApprovalId, transport: Transport): Promise<void>
}

const path = '/v1/device/push'

/** The requests about pushes, over a connection. */
export const pushDeviceOf = (connection: DeviceConnection): PushDevice => ({
  readPush: () => connection.get(path, PushAnswer),
  subscribePush: (subscription) => connection.put(path, subscription, PushAnswer),
  endPush: () => connection.delete(path),
  confirmReceived: (approval, transport) => connection.tell(`/v1/device/approvals/${approval}/received`, { transport }),
})
