/**
 * Row locks. `forShare` and `forUpdate` are for `$call` on a select of a `Transaction`; so are Kysely's own methods of
 * these names. On SQLite they come out as nothing: there, one write runs at a time.
 *
 * Everybody locks in this order: nonce, account, device, approval (protocol section 2). Starting, deciding and redeeming lock
 * account and device for share; locking an account and removing a device lock them for update.
 *
 * Lock first, then ask the time in a statement of its own: one that had to wait for a row may have looked at the clock
 * before it waited.
 */
import { type SelectModifierNode, SqliteQueryCompiler } from 'kysely'

interface Lockable<Self> {
  forShare(): Self
  forUpdate(): Self
}

/** Nobody changes the rows that are read until the transaction ends. */
export const forShare = <Select extends Lockable<Select>>(select: Select): Select => select.forShare()

/** Nobody changes the rows that are read, and nobody takes them for share, until the transaction ends. */
export const forUpdate = <Select extends Lockable<Select>>(select: Select): Select => select.forUpdate()

/** Kysely's SQL for SQLite, without the row locks that SQLite does not know. */
export class LocklessSqliteCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier === 'Distinct' || node.rawModifier) super.visitSelectModifier(node)
  }
}
