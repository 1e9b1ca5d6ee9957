/**
 * What an application's back end and the page that waits need over HTTP: start, wait, redeem. These
 * routes call the use cases below the API for applications, in the same edge of the server, behind no client authentication.
 */
import { AccountId, ApplicationId, ApprovalId, DeviceId } from '@countersign/protocol'
import type { Context } from '@countersign/server'
import { loginTemplate, readApproval, redeemApproval, startApproval } from '@countersign/server/use-cases'
import type { FastifyInstance } from 'fastify'
import * as z from 'zod/mini'
import { approvalTopic } from '../../packages/server/src/approvals/index.ts'
import { parseInput, Refusal, sendWatched } from '../../packages/server/src/http/index.ts'

const StartBody = z.strictObject({
  account: AccountId,
  device: DeviceId,
  locale: z.enum(['sv', 'en']),
  context: z.strictObject({ place: z.nullable(z.string()), browser: z.nullable(z.string()) }),
  requester: z.string().check(z.maxLength(64)),
})
const RedeemBody = z.strictObject({ redemption_id: z.string().check(z.maxLength(64)) })
const Params = z.object({ approval: ApprovalId })

const application = { id: ApplicationId.parse('strand'), name: 'Strand' }

/** Registers the three routes. */
export function registerApplicationRoutes(app: FastifyInstance, context: Context): void {
  app.post('/approvals', async (request) => {
    const body = parseInput(StartBody, request.body)
    const started = await startApproval(context, {
      ...body,
      application,
      action: 'login',
      template: loginTemplate,
      data: {},
    })
    if (started.kind === 'refused') throw new Refusal(started.code)
    return { approval: started.approval }
  })

  app.get('/approvals/:approval/events', async (request, reply) => {
    const { approval } = parseInput(Params, request.params)
    const watched = {
      event: 'approval',
      topics: () => [approvalTopic(approval)],
      read: () => readApproval(context, approval),
    }
    return sendWatched(context, request, reply, watched, 'stream')
  })

  app.post('/approvals/:approval/redemption', async (request) => {
    const { approval } = parseInput(Params, request.params)
    const redeemed = await redeemApproval(context, approval, parseInput(RedeemBody, request.body).redemption_id)
    if (redeemed.kind === 'refused') throw new Refusal(redeemed.code)
    return redeemed
  })
}
