import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { isPageOrigin } from './application.ts'
import { findApplication, writeLeave } from './application-store.ts'

export interface Leave {
  /** Origins of pages that may watch an approval, beside those that may already. */
  readonly pageOrigins: readonly string[]
  /** Approvals that the application may start in a minute, over all accounts. */
  readonly startsPerMinute: number
}

export type Allowed =
  | { readonly kind: 'allowed' }
  /** Every fault, each a sentence. Nothing was changed. */
  | { readonly kind: 'refused'; readonly faults: readonly string[] }

/** Approvals that an application may start in a minute, unless something else is said. */
export const usualStartsPerMinute = 600

/** What is wrong with what an application is given leave for, each a sentence. */
export const faultsOfLeave = ({ pageOrigins, startsPerMinute }: Leave): string[] => [
  ...pageOrigins
    .filter((origin) => !isPageOrigin(origin))
    .map((origin) => `${origin} is not an https origin (or http on this machine) without a path.`),
  ...(Number.isInteger(startsPerMinute) && startsPerMinute >= 1 && startsPerMinute <= 1_000_000
    ? []
    : ['Approvals in a minute must be a whole number from 1 to 1000000.']),
]

/** Gives a registered application leave to ask for approvals by itself. */
export async function allowApprovals(context: Context, id: string, leave: Leave): Promise<Allowed> {
  const faults = faultsOfLeave(leave)
  if (faults.length > 0) return { kind: 'refused', faults }
  return context.db.write(async (transaction): Promise<Allowed> => {
    const application = await findApplication(transaction, id)
    if (application === null) return { kind: 'refused', faults: ['There is no application with this id.'] }
    await writeLeave(transaction, application.id, leave)
    await recordAudit(transaction, {
      kind: 'application.approvals-allowed',
      application: application.id,
      detail: { starts_per_minute: leave.startsPerMinute, page_origins: leave.pageOrigins.join(' ') },
    })
    return { kind: 'allowed' }
  })
}
