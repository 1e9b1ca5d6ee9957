/** Another key for push services, and the end of the ones before it. */
import type { DeviceId } from '@countersign/protocol'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { newSigningKey, replaceSigningKey } from '../platform/signing-keys.ts'
import { deleteRetiredVapidKey, type RetiredVapidKey, readRetiredVapidKeys } from '../platform/vapid-keys.ts'
import { countSubscriptions, deleteSubscriptionsFor } from './delivery-store.ts'

export type PushKeyRotated =
  | {
      readonly kind: 'rotated'
      /** Phones that are subscribed, all for keys before this one. */
      readonly phones: number
    }
  /** Somebody else did it in the same moment. */
  | { readonly kind: 'overtaken' }

/**
 * Puts another key into use. The one before it goes on reaching the phones that subscribed for it; each of them subscribes
 * anew, by itself, when its app is opened.
 */
export async function rotatePushKey(context: Context): Promise<PushKeyRotated> {
  const key = await newSigningKey('vapid', context.seal)
  return context.db.write(async (transaction): Promise<PushKeyRotated> => {
    if (!(await replaceSigningKey(transaction, key))) return { kind: 'overtaken' }
    await recordAudit(transaction, { kind: 'push-key.rotated', detail: { key: key.id } })
    return { kind: 'rotated', phones: await countSubscriptions(transaction) }
  })
}

/** Milliseconds for which a retired key is kept for phones whose app is not opened. */
const kept = 365 * 24 * 3_600_000

async function endSubscriptions(transaction: Transaction, devices: readonly DeviceId[]): Promise<void> {
  for (const device of devices) {
    await recordAudit(transaction, { kind: 'push.ended', device, detail: { why: 'key-removed' } })
  }
}

async function removeIfOver(transaction: Transaction, { id, publicKey, retiredFor }: RetiredVapidKey): Promise<void> {
  if (retiredFor >= kept) {
    await endSubscriptions(transaction, await deleteSubscriptionsFor(transaction, publicKey))
  }
  if ((await countSubscriptions(transaction, publicKey)) > 0) return
  if (!(await deleteRetiredVapidKey(transaction, id))) return
  await recordAudit(transaction, { kind: 'push-key.removed', detail: { key: id } })
}

/** Removes retired keys that no phone is subscribed for any more, and those of a year ago with what is left of them. */
export async function sweepPushKeys(context: Context): Promise<void> {
  // Mostly there is none, and looking costs no write.
  const retired = await context.db.read(readRetiredVapidKeys)
  for (const key of retired) await context.db.write((transaction) => removeIfOver(transaction, key))
}
