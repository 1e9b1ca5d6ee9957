/**
 * The virtual phone's memory: one file that only its owner can read.
 *
 * Unlike in a browser, the signing key lies in it, exportable: a virtual phone is for tests and trials.
 */
import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { PasscodeLock, PendingRenewal, StoredDevice } from '@countersign/device'
import {
  AccountId,
  DeviceId,
  fromBase64url,
  PublicJwk,
  RenewalId,
  thumbprintOf,
  toBase64url,
} from '@countersign/protocol'
import { UsageFault } from '../exit.ts'

/** Where the state lies when `--state` is not given. */
export const defaultStateFile = (): string => join(homedir(), '.countersign-phone.json')

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const version = 1

type Members = Readonly<Record<string, unknown>>

function membersOf(value: unknown): Members {
  if (typeof value !== 'object' || value === null) throw new TypeError('Not an object.')
  return Object.fromEntries(Object.entries(value))
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('Not text.')
  return value
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new TypeError('Not a whole number.')
  return value
}

const bytesOf = (value: unknown): Uint8Array<ArrayBuffer> => Uint8Array.from(fromBase64url(textOf(value)))

const serializeLock = async ({ salt, iv, sealed, sealKey }: PasscodeLock) => ({
  salt: toBase64url(salt),
  iv: toBase64url(iv),
  sealed: toBase64url(sealed),
  key: toBase64url(new Uint8Array(await crypto.subtle.exportKey('raw', sealKey))),
})

async function parseLock(value: unknown): Promise<PasscodeLock> {
  const lock = membersOf(value)
  return {
    salt: bytesOf(lock.salt),
    iv: bytesOf(lock.iv),
    sealed: bytesOf(lock.sealed),
    sealKey: await crypto.subtle.importKey('raw', bytesOf(lock.key), 'AES-GCM', true, ['encrypt', 'decrypt']),
  }
}

const serializePending = async ({ renewal, expires, lock }: PendingRenewal) => ({
  renewal,
  expires,
  lock: await serializeLock(lock),
})

async function parsePending(value: unknown): Promise<PendingRenewal> {
  const { renewal, expires, lock } = membersOf(value)
  return {
    renewal: RenewalId.parse(renewal),
    expires: numberOf(expires),
    lock: await parseLock(lock),
    biometricLock: null,
  }
}

/** The state as JSON. */
async function serializeDevice(stored: StoredDevice): Promise<string> {
  const { d } = await crypto.subtle.exportKey('jwk', stored.keyPair.privateKey)
  const state = {
    version,
    issuer: stored.issuer,
    device: stored.device,
    account: stored.account,
    name: stored.name,
    key: { ...stored.publicJwk, d },
    lock: await serializeLock(stored.lock),
    document_keys: stored.documentKeys,
    clock_offset: stored.clockOffset,
    linked_at: stored.linkedAt,
    unfinished: stored.unfinished,
    renewal: stored.renewal,
    pending: stored.pending === null ? null : await serializePending(stored.pending),
  }
  return `${JSON.stringify(state, null, 2)}\n`
}

async function keyPairOf(publicJwk: PublicJwk, d: string): Promise<CryptoKeyPair> {
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey('jwk', { ...publicJwk, d }, algorithm, true, ['sign']),
    crypto.subtle.importKey('jwk', publicJwk, algorithm, true, ['verify']),
  ])
  return { privateKey, publicKey }
}

/** The reverse of `serializeDevice`. @throws on anything else, with a reason for developers */
async function parseDevice(text: string): Promise<StoredDevice> {
  const state = membersOf(JSON.parse(text))
  if (state.version !== version) throw new TypeError('Of another version.')
  const account = membersOf(state.account)
  const { d, ...publicMembers } = membersOf(state.key)
  const publicJwk = PublicJwk.parse(publicMembers)
  return {
    issuer: textOf(state.issuer),
    device: DeviceId.parse(state.device),
    account: { id: AccountId.parse(account.id), email: textOf(account.email), name: textOf(account.name) },
    name: textOf(state.name),
    keyPair: await keyPairOf(publicJwk, textOf(d)),
    publicJwk,
    thumbprint: thumbprintOf(publicJwk),
    lock: await parseLock(state.lock),
    biometricLock: null,
    documentKeys: Array.isArray(state.document_keys) ? state.document_keys.map((jwk) => PublicJwk.parse(jwk)) : [],
    clockOffset: numberOf(state.clock_offset),
    linkedAt: numberOf(state.linked_at),
    unfinished: state.unfinished === true,
    renewal: state.renewal == null ? null : RenewalId.parse(state.renewal),
    pending: state.pending == null ? null : await parsePending(state.pending),
  }
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** Whether there is a state file. */
export async function stateExists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** Writes the state, whole or not at all, readable to its owner alone. */
export async function saveDevice(path: string, stored: StoredDevice): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await writeFile(beside, await serializeDevice(stored), { mode: 0o600, flag: 'wx' })
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw new UsageFault(`The state file ${path} cannot be written: ${error instanceof Error ? error.message : error}`)
  }
}

/** @throws UsageFault when the file is missing, open to others, or not a state file */
export async function loadDevice(path: string): Promise<StoredDevice> {
  let text: string
  try {
    const { mode } = await stat(path)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new UsageFault(`Others can read the state file ${path}. Run "chmod 600 ${path}" first.`)
    }
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error))
      throw new UsageFault(`No phone is linked here: there is no ${path}. Run "countersign phone link".`)
    throw error
  }
  try {
    return await parseDevice(text)
  } catch {
    throw new UsageFault(`The state file ${path} is damaged, or not one of this version. Nothing was changed.`)
  }
}

/** Writes the state, and reads it back from the disk. */
export const keepDevice = (path: string) => async (stored: StoredDevice) => {
  await saveDevice(path, stored)
  return loadDevice(path)
}

/** Deletes the state. */
export const forgetDevice = (path: string): Promise<void> => rm(path, { force: true })
