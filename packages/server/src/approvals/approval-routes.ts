import { ApprovalId, DecisionBody, ReceivedBody } from '@countersign/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod/mini'
import type { Context } from '../context.ts'
import { type Device, deviceTopic, verifyDevice } from '../devices/index.ts'
import { parseInput, Refusal, sendWatched, type Watched } from '../http/index.ts'
import { answerApproval } from './answer-approval.ts'
import { confirmReceived } from './confirm-received.ts'
import { type PendingView, readPendingApprovals } from './read-approval.ts'

const Params = z.object({ approval: ApprovalId })

/** @throws Refusal `not_found` for what is no id */
function approvalIn(request: FastifyRequest): ApprovalId {
  const params = Params.safeParse(request.params)
  if (!params.success) throw new Refusal('not_found')
  return params.data.approval
}

function watchedBy(context: Context, device: Device, stillLinked: () => Promise<boolean>): Watched<PendingView> {
  // The first time is within the request that was just verified.
  let isVerified = true
  return {
    event: 'approvals',
    topics: () => [deviceTopic(device.id)],
    async read() {
      const isLinked = isVerified || (await stillLinked())
      isVerified = false
      return isLinked ? readPendingApprovals(context, device.id) : null
    },
    changesAt: (value) => value.changesAt,
    show: ({ version, approvals }) => ({ version, approvals }),
  }
}

/** The routes by which a phone learns what is asked, and answers. */
export function registerApprovals(app: FastifyInstance, context: Context): void {
  const send = (form: 'stream' | 'value') => async (request: FastifyRequest, reply: FastifyReply) => {
    const { device, stillLinked } = await verifyDevice(context, request)
    return sendWatched(context, request, reply, watchedBy(context, device, stillLinked), form)
  }
  app.get('/v1/device/approvals', send('value'))
  app.get('/v1/device/events', send('stream'))

  app.post('/v1/device/approvals/:approval/decision', async (request) => {
    const { signed, device } = await verifyDevice(context, request)
    return answerApproval(context, signed, device, approvalIn(request), parseInput(DecisionBody, request.body))
  })

  app.post('/v1/device/approvals/:approval/received', async (request, reply) => {
    const { signed, device } = await verifyDevice(context, request)
    const { transport } = parseInput(ReceivedBody, request.body)
    await confirmReceived(context, signed, device, approvalIn(request), transport)
    return reply.code(204).send()
  })
}
