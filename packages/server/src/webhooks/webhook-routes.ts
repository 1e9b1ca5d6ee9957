/** The routes by which an application says where it is told what happened (packages/protocol, webhook.ts). */
import { EmptyBody, MessageId, RegisterWebhookBody, type WebhookAnswer, WebhookId } from '@countersign/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod/mini'
import { requireApplication } from '../applications/index.ts'
import type { Context } from '../context.ts'
import { parseInput, Refusal, sendOnce } from '../http/index.ts'
import { answerOf, registerWebhook, removeWebhook, rotateWebhook } from './change-webhooks.ts'
import { readEndpoints } from './endpoint-store.ts'
import { listMessages, replayMessage } from './messages.ts'

const Params = z.object({ webhook: WebhookId })
const MessageParams = z.object({ webhook: WebhookId, message: MessageId })

const ListQuery = z.strictObject({
  limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100))),
  cursor: z.optional(MessageId),
})

/** @throws Refusal `not_found` for what is no id */
function paramsOf<Schema extends z.ZodMiniType>(schema: Schema, { params }: FastifyRequest): z.output<Schema> {
  const parsed = schema.safeParse(params)
  if (!parsed.success) throw new Refusal('not_found')
  return parsed.data
}

/** Registers the routes. */
export function registerWebhooks(app: FastifyInstance, context: Context): void {
  const applicationOf = (request: FastifyRequest) => requireApplication(context, request, 'webhooks')

  app.post('/v1/webhooks', async (request, reply) => {
    const { id: application } = await applicationOf(request)
    const { url } = parseInput(RegisterWebhookBody, request.body)
    return sendOnce(context, { request, reply, application, route: 'POST /v1/webhooks' }, async () => ({
      status: 201,
      body: await registerWebhook(context, application, url),
    }))
  })

  app.get('/v1/webhooks', async (request): Promise<{ items: WebhookAnswer[] }> => {
    const { id } = await applicationOf(request)
    return { items: (await context.db.read((query) => readEndpoints(query, id))).map(answerOf) }
  })

  app.delete('/v1/webhooks/:webhook', async (request, reply) => {
    const { id } = await applicationOf(request)
    await removeWebhook(context, id, paramsOf(Params, request).webhook)
    return reply.code(204).send()
  })

  app.post('/v1/webhooks/:webhook/rotate', async (request, reply) => {
    const { id: application } = await applicationOf(request)
    const { webhook } = paramsOf(Params, request)
    parseInput(EmptyBody, request.body)
    const route = `POST /v1/webhooks/${webhook}/rotate`
    return sendOnce(context, { request, reply, application, route }, async () => ({
      status: 200,
      body: await rotateWebhook(context, application, webhook),
    }))
  })

  app.get('/v1/webhooks/:webhook/messages', async (request) => {
    const { id } = await applicationOf(request)
    return listMessages(context, id, paramsOf(Params, request).webhook, parseInput(ListQuery, request.query))
  })

  app.post('/v1/webhooks/:webhook/messages/:message/replay', async (request, reply) => {
    const { id: application } = await applicationOf(request)
    const params = paramsOf(MessageParams, request)
    parseInput(EmptyBody, request.body)
    const route = `POST /v1/webhooks/${params.webhook}/messages/${params.message}/replay`
    return sendOnce(context, { request, reply, application, route }, async () => ({
      status: 200,
      body: await replayMessage(context, application, params),
    }))
  })
}
