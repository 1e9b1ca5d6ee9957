/** Adding many accounts from a file: all of them or none. */
import type { Context } from '../context.ts'
import { emailKeyOf } from './account.ts'
import type { NewAccount } from './account-store.ts'
import { faultsOf, prepareAccount, writeAccount } from './add-account.ts'
import { type ImportFault, type ImportLine, readImport } from './import-file.ts'

export type ImportedAccounts =
  | { readonly kind: 'imported'; readonly count: number }
  /** Every fault with its line. Nothing was added. */
  | { readonly kind: 'refused'; readonly faults: readonly ImportFault[] }

function repeatedAddresses(lines: readonly ImportLine[]): ImportFault[] {
  const seen = new Map<string, number>()
  return lines.flatMap(({ line, account }) => {
    const key = emailKeyOf(account.email)
    const first = seen.get(key)
    if (first !== undefined) return [{ line, fault: `The e-mail address stands on line ${first} too.` }]
    seen.set(key, line)
    return []
  })
}

class AddressesTaken extends Error {
  readonly faults: readonly ImportFault[]

  constructor(faults: readonly ImportFault[]) {
    super('e-mail addresses are taken')
    this.faults = faults
  }
}

async function writeAll(
  context: Context,
  prepared: readonly { line: number; account: NewAccount }[],
): Promise<readonly ImportFault[]> {
  try {
    await context.db.write(async (transaction) => {
      const taken: ImportFault[] = []
      for (const { line, account } of prepared) {
        if (await writeAccount(transaction, account)) continue
        taken.push({ line, fault: 'There is already an account with this e-mail address.' })
      }
      // Thrown, so that the transaction takes the others back.
      if (taken.length > 0) throw new AddressesTaken(taken)
    })
    return []
  } catch (error) {
    if (error instanceof AddressesTaken) return error.faults
    throw error
  }
}

/** Imports the accounts of a file (see `readImport`), in one transaction. */
export async function importAccounts(context: Context, text: string): Promise<ImportedAccounts> {
  const { lines, faults: unreadable } = readImport(text)
  const faults = [
    ...unreadable,
    ...lines.flatMap(({ line, account }) =>
      faultsOf(account, context.config.smsCountries).map((fault) => ({ line, fault })),
    ),
    ...repeatedAddresses(lines),
  ].toSorted((one, other) => one.line - other.line)
  if (faults.length > 0) return { kind: 'refused', faults }
  const prepared: { line: number; account: NewAccount }[] = []
  // One after another: a hash takes tens of megabytes, and a file can have many lines.
  for (const { line, account } of lines) prepared.push({ line, account: await prepareAccount(context, account) })
  const taken = await writeAll(context, prepared)
  return taken.length > 0 ? { kind: 'refused', faults: taken } : { kind: 'imported', count: prepared.length }
}
