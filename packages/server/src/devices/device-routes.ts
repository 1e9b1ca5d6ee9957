/** What a device asks about itself. */
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { spendNonce } from '../http/index.ts'
import { deviceAnswerOf } from './device.ts'
import { type Belongings, removeDevice } from './remove-device.ts'
import { verifyDevice } from './verify-device.ts'

/** `GET /v1/device` answers `DeviceAnswer`; `DELETE /v1/device` unlinks and answers 204. */
export function registerDevice<Cancelled>(
  app: FastifyInstance,
  context: Context,
  belongings: Belongings<Cancelled>,
): void {
  app.get('/v1/device', async (request) => {
    const { device, account } = await verifyDevice(context, request)
    return deviceAnswerOf(device, account)
  })

  app.delete('/v1/device', async (request, reply) => {
    const { device, signed } = await verifyDevice(context, request)
    const alongside = (transaction: Parameters<typeof spendNonce>[0]) => spendNonce(transaction, signed)
    await removeDevice(context, { device, reason: 'logged-out', alongside }, belongings)
    return reply.code(204).send()
  })
}
