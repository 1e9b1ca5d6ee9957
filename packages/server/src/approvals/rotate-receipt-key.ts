import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { newSigningKey, replaceSigningKey } from '../platform/signing-keys.ts'

export type ReceiptKeyRotated =
  | {
      readonly kind: 'rotated'
      /** The thumbprint of the key that signs from now on. */
      readonly key: string
    }
  /** Somebody else did it in the same moment. */
  | { readonly kind: 'overtaken' }

/** Puts another key for receipts into use. The one before it signs nothing more and stays published: its receipts stay true. */
export async function rotateReceiptKey(context: Context): Promise<ReceiptKeyRotated> {
  const key = await newSigningKey('receipt', context.seal)
  return context.db.write(async (transaction): Promise<ReceiptKeyRotated> => {
    if (!(await replaceSigningKey(transaction, key))) return { kind: 'overtaken' }
    await recordAudit(transaction, { kind: 'receipt-key.rotated', detail: { key: key.id } })
    return { kind: 'rotated', key: key.id }
  })
}
