/** What the page sends and asks about transfers. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { type TransferAnswer, TransferBody } from './account-view.ts'
import { browserName } from './browser-name.ts'
import type { Session } from './session-store.ts'
import type { Transfers } from './transfers.ts'

const Params = z.object({ id: z.string().regex(/^[\w-]{22}$/) })

const guest: TransferAnswer = { kind: 'guest' }

const notUnderstood = (reply: FastifyReply) =>
  reply.code(400).type('text/plain').send('This request cannot be understood.')

export function addTransfers(
  app: FastifyInstance,
  transfers: Transfers,
  sessionOf: (request: FastifyRequest) => Session | null,
): void {
  app.post('/api/transfers', async (request, reply) => {
    const body = TransferBody.safeParse(request.body)
    if (!body.success) return notUnderstood(reply)
    const session = sessionOf(request)
    if (!session?.customer) return guest
    const { locale, ...asked } = body.data
    const browser = browserName(request.headers['user-agent'])
    return transfers.ask({ subject: session.customer.subject, session: session.hash, locale, browser }, asked)
  })

  app.post('/api/transfers/:id/settle', async (request, reply) => {
    const params = Params.safeParse(request.params)
    const customer = sessionOf(request)?.customer
    if (!customer) return guest
    const answer = params.success ? await transfers.settle(customer.subject, params.data.id) : null
    return answer ?? reply.callNotFound()
  })
}
