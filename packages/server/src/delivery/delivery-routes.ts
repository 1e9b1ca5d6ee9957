/** HTTP of waking a phone, every request signed by its key. */
import { PushSubscriptionBody } from '@countersign/protocol'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { verifyDevice } from '../devices/index.ts'
import { parseInput } from '../http/index.ts'
import { pushAnswer, subscribe, unsubscribe } from './subscriptions.ts'

/** `GET`, `PUT` and `DELETE /v1/device/push`. */
export function registerDelivery(app: FastifyInstance, context: Context): void {
  app.get('/v1/device/push', async (request) => {
    const { device } = await verifyDevice(context, request)
    return context.db.read((query) => pushAnswer(query, device.id))
  })

  app.put('/v1/device/push', async (request) => {
    const { device, signed } = await verifyDevice(context, request)
    return subscribe(context, signed, device.id, parseInput(PushSubscriptionBody, request.body))
  })

  app.delete('/v1/device/push', async (request, reply) => {
    const { device, signed } = await verifyDevice(context, request)
    await unsubscribe(context, signed, device.id)
    return reply.code(204).send()
  })
}
