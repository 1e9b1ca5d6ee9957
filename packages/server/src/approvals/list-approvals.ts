import type { ApplicationId, ApprovalAnswer, ApprovalId } from '@countersign/protocol'
import type { Context } from '../context.ts'
import { readApprovalAnswer } from './approval-answer.ts'
import { readIdsOf } from './list-store.ts'

export interface ApprovalList {
  readonly items: readonly ApprovalAnswer[]
  /** Where the next page begins; null at the end. */
  readonly next: ApprovalId | null
}

const usualLimit = 25

/** The approvals of an application, the newest first, page by page. A cursor is the last id of the page before. */
export async function listApprovals(
  context: Context,
  application: ApplicationId,
  wanted: {
    readonly state?: ApprovalAnswer['state'] | undefined
    readonly limit?: number | undefined
    readonly cursor?: ApprovalId | undefined
  },
): Promise<ApprovalList> {
  const limit = wanted.limit ?? usualLimit
  const ids = await context.db.read((query) => readIdsOf(query, application, { ...wanted, limit: limit + 1 }))
  const page = ids.slice(0, limit)
  const answers = await Promise.all(page.map((id) => readApprovalAnswer(context, application, id)))
  return { items: answers.filter((answer) => answer !== null), next: ids.length > limit ? (page.at(-1) ?? null) : null }
}
