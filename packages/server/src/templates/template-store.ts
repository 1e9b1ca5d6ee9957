/** All SQL of `templates`. */
import { type ApplicationId, TemplateDefinition } from '@countersign/protocol'
import { now_ms, prepareSelect, type Query, type Transaction } from '../db/index.ts'

/** A version of the definition of an action. */
export interface StoredTemplate {
  readonly action: string
  readonly version: number
  readonly definition: TemplateDefinition
}

const toTemplate = (row: { action: string; version: number; definition: string }): StoredTemplate => ({
  action: row.action,
  version: row.version,
  definition: TemplateDefinition.parse(JSON.parse(row.definition)),
})

const selectNewest = prepareSelect((query, given: { application: string; action: string }) =>
  query
    .selectFrom('templates')
    .select(['action', 'version', 'definition'])
    .where('application_id', '=', given.application)
    .where('action', '=', given.action)
    .orderBy('version', 'desc')
    .limit(1),
)

/** The newest version of an application's template, or null. */
export async function findTemplate(
  query: Query,
  application: ApplicationId,
  action: string,
): Promise<StoredTemplate | null> {
  const row = await selectNewest.first(query, { application, action })
  return row === undefined ? null : toTemplate(row)
}

/** The newest version of each of an application's templates, by action. */
export async function readTemplates(query: Query, application: ApplicationId): Promise<StoredTemplate[]> {
  const rows = await query
    .selectFrom('templates')
    .select(['action', 'version', 'definition'])
    .where('application_id', '=', application)
    .orderBy('action')
    .orderBy('version', 'desc')
    .execute()
  return rows.filter(({ action }, index) => action !== rows[index - 1]?.action).map(toTemplate)
}

/** Inserts a version. @returns false where somebody else has inserted it */
export async function insertTemplate(
  transaction: Transaction,
  application: ApplicationId,
  { action, version, definition }: { action: string; version: number; definition: string },
): Promise<boolean> {
  const inserted = await transaction
    .insertInto('templates')
    .values({ application_id: application, action, version, definition, created_at: now_ms() })
    .onConflict((conflict) => conflict.columns(['application_id', 'action', 'version']).doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}
