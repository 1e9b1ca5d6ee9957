/** HTTP of renewals (protocol section 4), signed by the device. */
import { ActivateRenewalBody, RenewalId, StartRenewalBody } from '@countersign/protocol'
import type { FastifyInstance } from 'fastify'
import * as z from 'zod/mini'
import type { Context } from '../context.ts'
import { verifyDevice } from '../devices/index.ts'
import { parseInput, Refusal } from '../http/index.ts'
import { activateRenewal } from './activate-renewal.ts'
import { startRenewal } from './start-renewal.ts'

const Params = z.object({ renewal: RenewalId })

/** `POST /v1/device/renewals` and its activation. */
export function registerRenewals(app: FastifyInstance, context: Context): void {
  app.post('/v1/device/renewals', async (request) => {
    const verified = await verifyDevice(context, request)
    return startRenewal(context, verified, parseInput(StartRenewalBody, request.body))
  })

  app.post('/v1/device/renewals/:renewal/activate', async (request) => {
    const verified = await verifyDevice(context, request)
    const params = Params.safeParse(request.params)
    if (!params.success) throw new Refusal('not_found')
    return activateRenewal(context, verified, params.data.renewal, parseInput(ActivateRenewalBody, request.body))
  })
}
