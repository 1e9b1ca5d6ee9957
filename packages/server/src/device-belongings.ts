/** What goes with a device that is removed, of every feature that keeps something for one. */
import { liveApprovals } from './approvals/index.ts'
import { deleteSubscription } from './delivery/index.ts'
import type { Belongings } from './devices/index.ts'
import { forgetRenewals } from './renewals/index.ts'

const forget: Belongings<unknown>['forget'] = async (transaction, device) => {
  await deleteSubscription(transaction, device)
  await forgetRenewals(transaction, device)
}

/** For `registerDevice` and `removeDevice`. */
export const deviceBelongings = { approvals: liveApprovals, forget }
