/** All SQL of deliveries: subscriptions, attempts, receipts. */
import { type ApprovalId, DeviceId, type Transport } from '@countersign/protocol'
import { sql } from 'kysely'
import { now_ms, prepareSelect, type Query, type Transaction } from '../db/index.ts'
import type { Attempt, AttemptOutcome } from './attempt.ts'

/** A subscription as it is kept. */
export interface StoredSubscription {
  readonly device: DeviceId
  /** Sealed with the device id as additional data. */
  readonly sealedAddress: Uint8Array
  /** The server's public key that it was made for. */
  readonly vapidKey: string
}

/** Writes a device's subscription, in place of the one before. The device is held. */
export async function writeSubscription(transaction: Transaction, subscription: StoredSubscription): Promise<void> {
  const values = {
    transport: 'web-push',
    address: subscription.sealedAddress,
    vapid_key: subscription.vapidKey,
    created_at: now_ms(),
  } as const
  await transaction
    .insertInto('push_subscriptions')
    .values({ device_id: subscription.device, ...values })
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet(values))
    .execute()
}

const selectSubscription = prepareSelect((query, { device }: { device: DeviceId }) =>
  query.selectFrom('push_subscriptions').select(['address', 'vapid_key']).where('device_id', '=', device),
)

export async function readSubscription(query: Query, device: DeviceId): Promise<StoredSubscription | null> {
  const row = await selectSubscription.first(query, { device })
  return row === undefined ? null : { device, sealedAddress: row.address, vapidKey: row.vapid_key }
}

/** Removes a device's subscription. @returns whether there was one */
export async function deleteSubscription(transaction: Transaction, device: DeviceId): Promise<boolean> {
  const deleted = await transaction.deleteFrom('push_subscriptions').where('device_id', '=', device).executeTakeFirst()
  return deleted.numDeletedRows > 0n
}

/** Removes a subscription that is gone, unless the device has made another one meanwhile. @returns whether it was there */
export async function deleteGoneSubscription(transaction: Transaction, gone: StoredSubscription): Promise<boolean> {
  const deleted = await transaction
    .deleteFrom('push_subscriptions')
    .where('device_id', '=', gone.device)
    .where('address', '=', gone.sealedAddress)
    .executeTakeFirst()
  return deleted.numDeletedRows > 0n
}

/** How many devices are subscribed; where a key is given, for that one. */
export async function countSubscriptions(query: Query, vapidKey?: string): Promise<number> {
  const row = await query
    .selectFrom('push_subscriptions')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .$if(vapidKey !== undefined, (select) => select.where('vapid_key', '=', vapidKey ?? ''))
    .executeTakeFirstOrThrow()
  return row.count
}

/** Removes every subscription for a key. @returns whose they were */
export async function deleteSubscriptionsFor(transaction: Transaction, vapidKey: string): Promise<DeviceId[]> {
  const deleted = await transaction
    .deleteFrom('push_subscriptions')
    .where('vapid_key', '=', vapidKey)
    .returning('device_id')
    .execute()
  return deleted.map(({ device_id }) => DeviceId.parse(device_id))
}

export async function insertAttempt(
  transaction: Transaction,
  approval: ApprovalId,
  device: DeviceId,
  attempt: Attempt,
): Promise<void> {
  await transaction
    .insertInto('delivery_attempts')
    .values({
      approval_id: approval,
      device_id: device,
      transport: attempt.transport,
      outcome: attempt.outcome,
      status: attempt.status,
      took_ms: Math.round(attempt.milliseconds),
      at: now_ms(),
    })
    .execute()
}

/** Writes down that a phone was reached. @returns whether this is the first time for the approval */
export async function insertReceipt(
  transaction: Transaction,
  approval: ApprovalId,
  device: DeviceId,
  transport: Transport,
): Promise<boolean> {
  const inserted = await transaction
    .insertInto('delivery_receipts')
    .values({ approval_id: approval, device_id: device, transport, received_at: now_ms() })
    .onConflict((conflict) => conflict.column('approval_id').doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}

/** What is known of waking a device for an approval. */
export interface DeliveryFacts {
  readonly subscribed: boolean
  /** How the phone says that it was reached, the first time; null before. */
  readonly received: Transport | null
  readonly accepted: boolean
  /** How the newest attempt ended; null before there is one. */
  readonly lastOutcome: AttemptOutcome | null
}

const selectFacts = prepareSelect((query, { approval, device }: { approval: ApprovalId; device: DeviceId }) =>
  query.selectNoFrom(({ exists, selectFrom }) => {
    const attempts = selectFrom('delivery_attempts').where('approval_id', '=', approval)
    const receipt = selectFrom('delivery_receipts').where('approval_id', '=', approval)
    const subscription = selectFrom('push_subscriptions').where('device_id', '=', device)
    return [
      exists(subscription.select('device_id')).as('subscribed'),
      receipt.select('transport').as('received'),
      exists(attempts.where('outcome', '=', 'accepted').select('seq')).as('accepted'),
      attempts.select('outcome').orderBy('seq', 'desc').limit(1).as('last_outcome'),
    ]
  }),
)

/** Reads that in one statement: pages that wait ask for it each time. */
export async function readDeliveryFacts(query: Query, approval: ApprovalId, device: DeviceId): Promise<DeliveryFacts> {
  const row = await selectFacts.one(query, { approval, device })
  return {
    // SQLite says 0 and 1.
    subscribed: Boolean(row.subscribed),
    received: row.received,
    accepted: Boolean(row.accepted),
    lastOutcome: row.last_outcome,
  }
}

/** Forgets what is older than so many milliseconds. */
export async function deleteOldDeliveries(transaction: Transaction, age: number): Promise<void> {
  const before = sql<number>`now_ms() - ${age}`
  await transaction.deleteFrom('delivery_attempts').where('at', '<', before).execute()
  await transaction.deleteFrom('delivery_receipts').where('received_at', '<', before).execute()
}
