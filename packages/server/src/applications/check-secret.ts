/** Judging an application's secret. */
import { equalBytes, sha256, utf8 } from '@countersign/protocol'
import type { Query } from '../db/index.ts'
import { readSecretHash } from './application-store.ts'

const nobodys = new Uint8Array(32)

/** Whether this is the application's secret. Compared in constant time; an unknown application has none. */
export async function isApplicationSecret(query: Query, id: string, secret: string): Promise<boolean> {
  return equalBytes(sha256(utf8(secret)), (await readSecretHash(query, id)) ?? nobodys)
}
