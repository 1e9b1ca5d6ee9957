/** All SQL of `devices`, but for the tries. */
import { AccountId, CredentialId, DeviceId, Platform, PublicJwk, RenewalId } from '@countersign/protocol'
import { sql } from 'kysely'
import type { DevicesTable } from '../db/index.ts'
import { forShare, forUpdate, now_ms, prepareSelect, type Query, type Transaction } from '../db/index.ts'
import type { Credential } from './credential.ts'
import { type Device, unlockTries } from './device.ts'

const now = now_ms()
const linkedStates = ['active', 'blocked'] as const

const toCredential = ({ credential_id: id, credential_key: publicKey }: DevicesTable): Credential | null =>
  id === null || publicKey === null ? null : { id: CredentialId.parse(id), publicKey }

const toDevice = (row: DevicesTable): Device => ({
  id: DeviceId.parse(row.id),
  account: AccountId.parse(row.account_id),
  thumbprint: row.key_thumbprint,
  // Parsed when it is asked for: a key that is in use has been imported before.
  get signJwk() {
    return PublicJwk.parse(JSON.parse(row.sign_jwk))
  },
  name: row.name,
  platform: Platform.parse(row.platform),
  appVersion: row.app_version,
  state: row.state,
  authenticating: row.authenticating === 1,
  sealedUnlockSecret: row.unlock_secret,
  unlockTriesLeft: row.unlock_tries_left,
  renewal: row.renewal_id === null ? null : RenewalId.parse(row.renewal_id),
  credential: toCredential(row),
  lastSeenAt: row.last_seen_at,
})

const orNull = (row: DevicesTable | undefined): Device | null => (row === undefined ? null : toDevice(row))

const byId = (query: Query, { id }: { id: DeviceId }) => query.selectFrom('devices').selectAll().where('id', '=', id)
const selectById = prepareSelect(byId)
const selectHeld = {
  share: prepareSelect((query, given: { id: DeviceId }) => byId(query, given).$call(forShare)),
  update: prepareSelect((query, given: { id: DeviceId }) => byId(query, given).$call(forUpdate)),
}
const selectByThumbprint = prepareSelect((query, { thumbprint }: { thumbprint: string }) =>
  query.selectFrom('devices').selectAll().where('key_thumbprint', '=', thumbprint).where('state', 'in', linkedStates),
)

/** The device with this id, in whatever state. */
export async function deviceById(query: Query, id: DeviceId): Promise<Device | null> {
  return orNull(await selectById.first(query, { id }))
}

/** The linked device (active or blocked) that has this key. */
export async function deviceByThumbprint(query: Query, thumbprint: string): Promise<Device | null> {
  return orNull(await selectByThumbprint.first(query, { thumbprint }))
}

/** The one device of an account that is asked, active or blocked. */
export async function authenticatingDevice(query: Query, account: AccountId): Promise<Device | null> {
  return orNull(
    await query
      .selectFrom('devices')
      .selectAll()
      .where('account_id', '=', account)
      .where('authenticating', '=', 1)
      .executeTakeFirst(),
  )
}

/** A linked device (active or blocked) of an account. */
export async function linkedDeviceOf(query: Query, account: AccountId): Promise<Device | null> {
  return orNull(
    await query
      .selectFrom('devices')
      .selectAll()
      .where('account_id', '=', account)
      .where('state', 'in', linkedStates)
      .limit(1)
      .executeTakeFirst(),
  )
}

/** Whether a device that is or was linked has this key. A key belongs to one device for ever. */
export async function isKeyKnown(query: Query, thumbprint: string): Promise<boolean> {
  const row = await query
    .selectFrom('devices')
    .select('id')
    .where('key_thumbprint', '=', thumbprint)
    .where('state', '<>', 'linking')
    .executeTakeFirst()
  return row !== undefined
}

/**
 * The device, held until the transaction ends: `share` by what relies on it, `update` by what changes it. Its account
 * is held before it.
 */
export async function holdDevice(
  transaction: Transaction,
  id: DeviceId,
  how: 'share' | 'update',
): Promise<Device | null> {
  return orNull(await selectHeld[how].first(transaction, { id }))
}

export interface NewDevice {
  readonly id: DeviceId
  readonly account: AccountId
  readonly thumbprint: string
  readonly signJwk: PublicJwk
  readonly name: string
  readonly platform: Platform
  readonly appVersion: string
  /** Sealed with the id as additional data. */
  readonly sealedUnlockSecret: Uint8Array
}

/**
 * Inserts a device that is being linked, in place of an older try with the same key.
 *
 * @returns false where the key belongs to a device that is or was linked, or another linking was faster with it
 */
export async function insertLinkingDevice(transaction: Transaction, device: NewDevice): Promise<boolean> {
  await transaction
    .deleteFrom('devices')
    .where('key_thumbprint', '=', device.thumbprint)
    .where('state', '=', 'linking')
    .execute()
  const inserted = await transaction
    .insertInto('devices')
    .values({
      id: device.id,
      account_id: device.account,
      key_thumbprint: device.thumbprint,
      sign_jwk: JSON.stringify(device.signJwk),
      name: device.name,
      platform: device.platform,
      app_version: device.appVersion,
      state: 'linking',
      authenticating: 0,
      unlock_secret: device.sealedUnlockSecret,
      unlock_tries_left: unlockTries,
      credential_id: null,
      credential_key: null,
      renewal_id: null,
      created_at: now,
      activated_at: null,
      last_seen_at: null,
      removed_at: null,
    })
    .onConflict((conflict) => conflict.column('key_thumbprint').doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}

const columnsOf = (credential: Credential | null) => ({
  credential_id: credential?.id ?? null,
  credential_key: credential?.publicKey ?? null,
})

/**
 * Makes a device that is being linked the authenticating device of its account, which must be held for update.
 *
 * @returns false where another device of the account is linked, or this one is not being linked any more
 */
export async function activateDevice(
  transaction: Transaction,
  id: DeviceId,
  account: AccountId,
  credential: Credential | null,
): Promise<boolean> {
  const activated = await transaction
    .updateTable('devices')
    .set({ state: 'active', authenticating: 1, activated_at: now, last_seen_at: now, ...columnsOf(credential) })
    .where('id', '=', id)
    .where('account_id', '=', account)
    .where('state', '=', 'linking')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('devices as other')
            .select('other.id')
            .where('other.account_id', '=', account)
            .where('other.state', 'in', linkedStates),
        ),
      ),
    )
    .executeTakeFirst()
  return activated.numUpdatedRows === 1n
}

/** Forgets a device whose linking ended. It was never active, so nothing speaks of it. */
export async function discardLinkingDevice(transaction: Transaction, id: DeviceId): Promise<void> {
  await transaction.deleteFrom('devices').where('id', '=', id).where('state', '=', 'linking').execute()
}

/** Forgets devices whose linking began that many milliseconds ago and was never finished. */
export async function discardUnfinishedDevices(transaction: Transaction, age: number): Promise<void> {
  await transaction
    .deleteFrom('devices')
    .where('state', '=', 'linking')
    .where('created_at', '<', sql<number>`now_ms() - ${age}`)
    .execute()
}

export interface RenewedSecret {
  readonly renewal: RenewalId
  /** Sealed with the device's id as additional data. */
  readonly sealedUnlockSecret: Uint8Array
  readonly credential: Credential | null
}

/** Puts another unlock secret in force; the one of before is gone. @returns false where the device is not active */
export async function writeRenewedSecret(
  transaction: Transaction,
  id: DeviceId,
  { renewal, sealedUnlockSecret, credential }: RenewedSecret,
): Promise<boolean> {
  const written = await transaction
    .updateTable('devices')
    .set({ unlock_secret: sealedUnlockSecret, renewal_id: renewal, ...columnsOf(credential) })
    .where('id', '=', id)
    .where('state', '=', 'active')
    .executeTakeFirst()
  return written.numUpdatedRows === 1n
}

/** Writes down that a linked device is there, and which version of the app it runs. */
export async function writeSeen(transaction: Transaction, id: DeviceId, appVersion: string): Promise<void> {
  await transaction
    .updateTable('devices')
    .set({ last_seen_at: now, app_version: appVersion })
    .where('id', '=', id)
    .where('state', 'in', linkedStates)
    .execute()
}

/** Ends a device. Its secret is gone, its credential too; its key is remembered, so that it never comes back. */
export async function writeRemoved(transaction: Transaction, id: DeviceId): Promise<void> {
  await transaction
    .updateTable('devices')
    .set({
      state: 'removed',
      authenticating: 0,
      unlock_secret: new Uint8Array(),
      removed_at: now,
      ...columnsOf(null),
    })
    .where('id', '=', id)
    .execute()
}
