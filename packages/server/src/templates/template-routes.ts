import { ActionName, type TemplateAnswer, TemplateDefinition } from '@countersign/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod/mini'
import { requireApplication } from '../applications/index.ts'
import type { Context } from '../context.ts'
import { parseInput, Refusal } from '../http/index.ts'
import { putTemplate } from './put-template.ts'
import { findTemplate, readTemplates } from './template-store.ts'

const Params = z.object({ action: ActionName })

function actionIn(request: FastifyRequest): ActionName {
  const params = Params.safeParse(request.params)
  if (!params.success) throw new Refusal('invalid_request', { detail: 'Not as it should be: action.' })
  return params.data.action
}

/** The routes by which an application defines its actions. */
export function registerTemplates(app: FastifyInstance, context: Context): void {
  app.put('/v1/templates/:action', async (request): Promise<TemplateAnswer> => {
    const application = await requireApplication(context, request, 'templates')
    const action = actionIn(request)
    const put = await putTemplate(context, application.id, action, parseInput(TemplateDefinition, request.body))
    if (put.kind === 'refused') throw new Refusal('invalid_request', { detail: put.faults.join(' ') })
    return put.template
  })

  app.get('/v1/templates', async (request) => {
    const application = await requireApplication(context, request, 'templates')
    return { items: await context.db.read((query) => readTemplates(query, application.id)) }
  })

  app.get('/v1/templates/:action', async (request): Promise<TemplateAnswer> => {
    const application = await requireApplication(context, request, 'templates')
    const template = await context.db.read((query) => findTemplate(query, application.id, actionIn(request)))
    if (template === null) throw new Refusal('template_unknown')
    return template
  })
}
