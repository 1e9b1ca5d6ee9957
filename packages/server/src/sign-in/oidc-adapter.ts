/**
 * The storage of oidc-provider.
 *
 * Beyond what a plain adapter promises: a code is consumed once however many redeem it at once; an interaction is
 * resumed once, and one that was resumed cannot be brought back by an answer that comes late. Payloads are sealed and
 * ids hashed, for they are what sessions and tokens are made of.
 */
import { fromBase64url, fromUtf8, sha256, toBase64url, utf8 } from '@countersign/protocol'
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import { findApplication } from '../applications/index.ts'
import type { Context } from '../context.ts'
import { clientMetadataOf } from './client-metadata.ts'
import {
  consumeRecord,
  deleteRecord,
  deleteRecordsOfGrant,
  type FoundRecord,
  findRecord,
  findRecordByUid,
  type OidcRecord,
  updateRecord,
  upsertRecord,
} from './oidc-record-store.ts'

const hashed = (value: string): string => toBase64url(sha256(utf8(value)))
const placeOf = (model: string, id: string): string => `oidc_records ${model} ${id}`

function openRecord(context: Context, model: string, record: FoundRecord): AdapterPayload {
  const plain = context.seal.open(fromBase64url(record.payload), placeOf(model, record.id))
  const payload: AdapterPayload = JSON.parse(fromUtf8(plain))
  return record.consumedAt === null ? payload : { ...payload, consumed: Math.floor(record.consumedAt / 1000) }
}

function sealRecord(
  context: Context,
  model: string,
  id: string,
  payload: AdapterPayload,
  lifetime: number | undefined,
): OidcRecord {
  const key = hashed(id)
  return {
    model,
    id: key,
    payload: toBase64url(context.seal.seal(utf8(JSON.stringify(payload)), placeOf(model, key))),
    grantId: payload.grantId === undefined ? null : hashed(payload.grantId),
    uid: payload.uid === undefined ? null : hashed(payload.uid),
    lifetime: lifetime ?? null,
  }
}

function recordAdapter(context: Context, model: string): Adapter {
  const { db } = context
  const isInteraction = model === 'Interaction'
  const resumed = () => new errors.SessionNotFound('interaction was already resumed')
  return {
    async upsert(id, payload, lifetime) {
      const record = sealRecord(context, model, id, payload, lifetime)
      if (!isInteraction || payload.result === undefined) return db.write((tx) => upsertRecord(tx, record))
      if (!(await db.write((tx) => updateRecord(tx, record)))) throw resumed()
    },
    async find(id) {
      const record = await db.read((query) => findRecord(query, model, hashed(id)))
      return record && openRecord(context, model, record)
    },
    async findByUid(uid) {
      const record = await db.read((query) => findRecordByUid(query, model, hashed(uid)))
      return record && openRecord(context, model, record)
    },
    async findByUserCode() {
      throw new Error('There is no device flow.')
    },
    async consume(id) {
      const consumed = await db.write((tx) => consumeRecord(tx, model, hashed(id)))
      if (!consumed) throw new errors.InvalidGrant('already consumed')
    },
    async destroy(id) {
      const destroyed = await db.write((tx) => deleteRecord(tx, model, hashed(id)))
      if (isInteraction && !destroyed) throw resumed()
    },
    async revokeByGrantId(grantId) {
      await db.write((tx) => deleteRecordsOfGrant(tx, model, hashed(grantId)))
    },
  }
}

function clientAdapter(context: Context): Adapter {
  const refuse = async () => {
    throw new Error('Clients are registered as applications.')
  }
  return {
    async find(id) {
      const application = await context.db.read((query) => findApplication(query, id))
      return application === null ? undefined : clientMetadataOf(application)
    },
    upsert: refuse,
    findByUid: refuse,
    findByUserCode: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: refuse,
  }
}

/** Gives oidc-provider the storage of each of its models. */
export const createAdapter =
  (context: Context) =>
  (model: string): Adapter =>
    model === 'Client' ? clientAdapter(context) : recordAdapter(context, model)
