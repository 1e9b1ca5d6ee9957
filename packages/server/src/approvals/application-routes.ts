/** The routes by which applications ask for approvals, and their pages wait for them (packages/protocol, application-api.ts). */
import {
  ApprovalAnswer,
  ApprovalId,
  EmptyBody,
  headerNames,
  RedeemBody,
  ResponseBody,
  StartApprovalBody,
  type StartedApproval,
} from '@countersign/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod/mini'
import { hasPagesAt, requireApplication } from '../applications/index.ts'
import type { Context } from '../context.ts'
import { parseInput, Refusal, sendOnce, sendWatched } from '../http/index.ts'
import { readApprovalAnswer, watchApproval } from './approval-answer.ts'
import { cancelApproval } from './end-approval.ts'
import { listApprovals } from './list-approvals.ts'
import { type Followed, requireFollower } from './page-token.ts'
import { redeemForApplication } from './redeem-for-application.ts'
import { startForApplication } from './start-for-application.ts'
import { goOffline, submitResponse } from './take-code.ts'
import { wakeAgain } from './wake-again.ts'

const Params = z.object({ approval: ApprovalId })

/** @throws Refusal `not_found` for what is no id */
function approvalIn(request: FastifyRequest): ApprovalId {
  const params = Params.safeParse(request.params)
  if (!params.success) throw new Refusal('not_found')
  return params.data.approval
}

const ListQuery = z.strictObject({
  state: z.optional(ApprovalAnswer.shape.state),
  limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100))),
  cursor: z.optional(ApprovalId),
})

async function answerOf(context: Context, { id, application }: Followed): Promise<ApprovalAnswer> {
  const answer = await readApprovalAnswer(context, application, id)
  if (answer === null) throw new Refusal('not_found')
  return answer
}

/** @throws Refusal `offline_locked` */
async function chooseOffline(context: Context, { id }: Followed): Promise<void> {
  const outcome = await goOffline(context, id)
  if (outcome.kind === 'locked') throw lockedBy(context, outcome.until)
}

const lockedBy = (context: Context, until: number | null): Refusal =>
  new Refusal(
    'offline_locked',
    until === null ? {} : { retry_after: Math.max(1, Math.ceil((until - context.clock.now()) / 1000)) },
  )

/** @throws Refusal `code_refused`, `offline_locked` */
async function takeResponse(context: Context, { id }: Followed, response: string): Promise<void> {
  const taken = await submitResponse(context, id, response)
  if (taken.kind === 'refused') throw new Refusal('code_refused', { tries_left: taken.triesLeft })
  if (taken.kind === 'locked') throw lockedBy(context, taken.until)
}

/** @throws Refusal `rate_limited` */
async function wakeOnceMore(context: Context, { id }: Followed): Promise<void> {
  const woken = await wakeAgain(context, id)
  if (woken.kind === 'limited') throw new Refusal('rate_limited', { retry_after: woken.retryAfter })
}

/**
 * Pages are on the application's origin, not on ours (Fetch standard, CORS). Origins that no application has registered learn
 * nothing; that a page is one of this very application is judged with its token.
 */
function allowPages(app: FastifyInstance, context: Context): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    if (origin === undefined || !request.url.startsWith('/v1/approvals/') || origin === context.config.phoneUrl) return
    if (!(await context.db.read((query) => hasPagesAt(query, origin)))) return
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': `${headerNames.time}, retry-after`,
      'cross-origin-resource-policy': 'cross-origin',
    })
    if (request.method !== 'OPTIONS') return
    return reply
      .headers({
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'authorization, content-type',
        'access-control-max-age': '7200',
      })
      .code(204)
      .send()
  })
}

/** Registers the routes. */
export function registerApplicationApprovals(app: FastifyInstance, context: Context): void {
  allowPages(app, context)
  app.post('/v1/approvals', async (request, reply) => {
    const application = await requireApplication(context, request, 'approvals')
    const input = parseInput(StartApprovalBody, request.body)
    const call = { request, reply, application: application.id, route: 'POST /v1/approvals' }
    // What runs a second time, after a crash, finds the approval alive that was started the first time.
    return sendOnce(context, call, async () => {
      const { approval: id, pageToken, isNew } = await startForApplication(context, application, input)
      const approval = await answerOf(context, { id, application: application.id })
      const body: StartedApproval = { approval, page_token: pageToken }
      return { status: isNew ? 201 : 200, body }
    })
  })

  app.get('/v1/approvals', async (request) => {
    const application = await requireApplication(context, request, 'approvals')
    return listApprovals(context, application.id, parseInput(ListQuery, request.query))
  })

  const watch = (form: 'stream' | 'value') => async (request: FastifyRequest, reply: FastifyReply) => {
    const { id, application } = await requireFollower(context, request, approvalIn(request))
    // What this caller may not see is refused before a stream is opened.
    await answerOf(context, { id, application })
    return sendWatched(context, request, reply, watchApproval(context, application, id), form)
  }
  app.get('/v1/approvals/:approval', watch('value'))
  app.get('/v1/approvals/:approval/events', watch('stream'))

  const post = (name: string, command: (followed: Followed, request: FastifyRequest) => Promise<unknown>) =>
    app.post(`/v1/approvals/:approval/${name}`, async (request) => {
      const followed = await requireFollower(context, request, approvalIn(request))
      await answerOf(context, followed)
      await command(followed, request)
      return answerOf(context, followed)
    })
  const plain =
    (command: (followed: Followed) => Promise<unknown>) => (followed: Followed, request: FastifyRequest) => {
      parseInput(EmptyBody, request.body)
      return command(followed)
    }
  post(
    'wake',
    plain((followed) => wakeOnceMore(context, followed)),
  )
  post(
    'offline',
    plain((followed) => chooseOffline(context, followed)),
  )
  post(
    'cancel',
    plain(({ id }) => cancelApproval(context, id, 'withdrawn')),
  )
  post('response', (followed, request) =>
    takeResponse(context, followed, parseInput(ResponseBody, request.body).response),
  )

  app.post('/v1/approvals/:approval/redeem', async (request) => {
    const application = await requireApplication(context, request, 'approvals')
    const id = approvalIn(request)
    const { redemption_id: redemption } = parseInput(RedeemBody, request.body)
    return redeemForApplication(context, application.id, id, redemption)
  })
}
