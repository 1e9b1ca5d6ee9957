import { toBase64url } from '@countersign/protocol'
import type { Context } from '../context.ts'

/** Random for one page, for its content security policy. */
export const pageNonce = (context: Context): string => toBase64url(context.random.bytes(16))
