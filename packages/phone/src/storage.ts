/**
 * What the phone keeps: one linked device with its keys, and what its server said about itself, in IndexedDB.
 *
 * Promises that "nothing is kept" and "what is kept cannot be read" are never mixed up: a phone that only lost sight of
 * its keys must not be linked anew. Must never hold a passcode, or anything computed from the unlock secret.
 */

import type { StoredDevice } from '@countersign/device'
import type { DeviceId } from '@countersign/protocol'
import { inTransaction, type Kept } from './database.ts'
import { parseServerFacts, parseStoredDevice, type ServerFacts } from './kept-values.ts'

export type KeptDevice =
  | { readonly kind: 'device'; readonly stored: StoredDevice }
  /** This phone was never linked, or was logged out. */
  | { readonly kind: 'none' }
  /** It was linked, and the browser has thrown the keys away. */
  | { readonly kind: 'lost' }
  /** The storage does not answer, or holds something unreadable: nothing is known. */
  | { readonly kind: 'failed'; readonly cause: unknown }

// Outside IndexedDB, so that it outlives a database that the browser has deleted. Says nothing but "linked once".
const mark = 'countersign.linked'

function readMark(): boolean {
  try {
    return localStorage.getItem(mark) !== null
  } catch {
    return false
  }
}

function setMark(linked: boolean): void {
  try {
    if (linked) localStorage.setItem(mark, '1')
    else localStorage.removeItem(mark)
  } catch {
    return
  }
}

/**
 * Never throws: a failure is one of the answers.
 *
 * @param read what was asked for before; left out, it is asked for now
 */
export async function readDevice(read?: Promise<Kept>): Promise<KeptDevice> {
  try {
    const kept = await (read ?? inTransaction('readonly', (store) => store.read('device')))
    if (kept === undefined) return { kind: readMark() ? 'lost' : 'none' }
    return { kind: 'device', stored: parseStoredDevice(kept) }
  } catch (cause) {
    return { kind: 'failed', cause }
  }
}

/**
 * Asks the browser not to clear the keys away when space is short; it may refuse, and nothing depends on it. Once that is
 * granted, nobody is asked again.
 */
export async function askToKeepStorage(): Promise<void> {
  try {
    if (!(await navigator.storage.persisted())) await navigator.storage.persist()
  } catch {
    return
  }
}

async function readBack(): Promise<StoredDevice> {
  return parseStoredDevice(await inTransaction('readonly', (store) => store.read('device')))
}

/** Keeps a newly linked device, in place of whatever was kept, and reads it back. @throws when the storage does not take it */
export async function keepDevice(stored: StoredDevice): Promise<StoredDevice> {
  await inTransaction('readwrite', (store) => store.put('device', stored))
  setMark(true)
  // The browser may ask the person, and nothing waits for that.
  void askToKeepStorage()
  return readBack()
}

const isDevice = (kept: Kept, device: DeviceId): boolean =>
  kept !== undefined && parseStoredDevice(kept).device === device

/** Keeps what became of the device, and reads it back. @throws when another one is kept, or the storage does not take it */
export async function replaceDevice(stored: StoredDevice): Promise<StoredDevice> {
  await inTransaction('readwrite', async (store) => {
    if (!isDevice(await store.read('device'), stored.device)) throw new Error('Another device is kept here.')
    await store.put('device', stored)
  })
  return readBack()
}

/** Keeps the clock's offset, in milliseconds, if this device is still the one that is kept. */
export async function keepClockOffset(device: DeviceId, clockOffset: number): Promise<void> {
  await inTransaction('readwrite', async (store) => {
    const kept = await store.read('device')
    if (isDevice(kept, device)) await store.put('device', { ...parseStoredDevice(kept), clockOffset })
  })
}

/** Erases the device, if it is still the one that is kept. @throws when the storage does not do it */
export async function forgetDevice(device: DeviceId): Promise<void> {
  await inTransaction('readwrite', async (store) => {
    if (!isDevice(await store.read('device'), device)) return
    await store.remove('device')
    await store.remove('confirmed')
  })
  setMark(false)
}

/** Finds out, before a server is told anything, whether keys can be kept at all. @throws when they cannot */
export async function tryStorage(): Promise<void> {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt'])
  await inTransaction('readwrite', async (store) => {
    await store.put('trial', key)
    await store.remove('trial')
  })
}

/** What was last heard from the server, or null. Never throws. */
export async function readServerFacts(): Promise<ServerFacts | null> {
  try {
    return parseServerFacts(await inTransaction('readonly', (store) => store.read('server')))
  } catch {
    return null
  }
}

/** Never throws: these facts can be had again. */
export async function keepServerFacts(facts: ServerFacts): Promise<void> {
  await inTransaction('readwrite', (store) => store.put('server', facts)).catch(() => undefined)
}
