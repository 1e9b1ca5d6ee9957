import { type ApplicationId, canonicalText, type TemplateDefinition } from '@countersign/protocol'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { ownActions } from './login.ts'
import { faultsOf } from './template.ts'
import { findTemplate, insertTemplate, type StoredTemplate } from './template-store.ts'

export type PutTemplate =
  | { readonly kind: 'put'; readonly template: StoredTemplate }
  /** Each fault a sentence. Nothing was changed. */
  | { readonly kind: 'refused'; readonly faults: readonly string[] }

/**
 * Defines an action of an application. The definition that is in force already stays as it is; another one becomes the
 * next version, and what was asked by older ones stays as it was shown.
 */
export async function putTemplate(
  context: Context,
  application: ApplicationId,
  action: string,
  definition: TemplateDefinition,
): Promise<PutTemplate> {
  const faults = ownActions.has(action) ? [`The action ${action} is the server's own.`] : faultsOf(definition)
  if (faults.length > 0) return { kind: 'refused', faults }
  const text = canonicalText(definition)
  const template = await context.db.write(async (transaction): Promise<StoredTemplate | null> => {
    const newest = await findTemplate(transaction, application, action)
    if (newest !== null && canonicalText(newest.definition) === text) return newest
    const version = (newest?.version ?? 0) + 1
    if (!(await insertTemplate(transaction, application, { action, version, definition: text }))) return null
    await recordAudit(transaction, { kind: 'template.put', application, detail: { action, version } })
    return { action, version, definition }
  })
  // Somebody else has put the same version in the same moment: look again.
  return template === null ? putTemplate(context, application, action, definition) : { kind: 'put', template }
}
