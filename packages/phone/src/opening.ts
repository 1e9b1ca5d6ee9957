/**
 * What happens before anything is on the screen: what is kept is read, and a linked phone asks its server at once.
 *
 * A request that waits is then the first thing on the screen, instead of the second one.
 */
import type { LinkedDevice, ListedApprovals } from '@countersign/device'
import type { Kept } from './database.ts'
import { putToWork } from './put-to-work.ts'
import { type KeptDevice, readDevice } from './storage.ts'

export type Opened =
  /** `first` is the list that came in time, if one did. */
  | { readonly kind: 'device'; readonly device: LinkedDevice; readonly first: ListedApprovals | null }
  | Exclude<KeptDevice, { kind: 'device' }>

/** How long the screen stays empty for the first list, in milliseconds; then it says that the server is asked. */
const patience = 500

async function firstList(device: LinkedDevice): Promise<ListedApprovals | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patience)
  })
  try {
    return await Promise.race([device.pendingApprovals(), late])
  } catch {
    // The watch asks again once the app is on the screen, and says what is wrong.
    return null
  } finally {
    clearTimeout(timer)
  }
}

/** Never throws: a failure is one of the answers. @param read of the device, where it was begun before */
export async function openPhone(read?: Promise<Kept>): Promise<Opened> {
  const kept = await readDevice(read)
  if (kept.kind !== 'device') return kept
  const device = putToWork(kept.stored)
  return { kind: 'device', device, first: await firstList(device) }
}
