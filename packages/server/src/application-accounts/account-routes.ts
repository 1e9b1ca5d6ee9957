import { ConfirmLinkingBody, EmptyBody, ExternalId, PutAccountBody, PutPhoneNumberBody } from '@countersign/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod/mini'
import { type Application, requireApplication } from '../applications/index.ts'
import type { Context } from '../context.ts'
import type { Belongings } from '../devices/index.ts'
import { parseInput, sendOnce } from '../http/index.ts'
import { confirmOffer, offerLinking, readOfferProgress } from '../linking/index.ts'
import { changePhoneNumber, deleteMade, disableMade, enableMade } from './close-account.ts'
import { putAccount } from './put-account.ts'
import { listAccounts, readAccountAnswer, requireMade } from './read-account.ts'

const Params = z.object({ account: ExternalId })

const OfferParams = z.object({ linking: z.string().check(z.regex(/^lof_[A-Za-z0-9_-]{22}$/)) })

const ListQuery = z.strictObject({
  limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100))),
  cursor: z.optional(ExternalId),
})

type Command = (application: Application, externalId: string, request: FastifyRequest) => Promise<void>

/** The routes by which an application keeps the accounts of its people. */
export function registerApplicationAccounts<Cancelled>(
  app: FastifyInstance,
  context: Context,
  belongings: Belongings<Cancelled>,
): void {
  const meant = async (request: FastifyRequest) => {
    const application = await requireApplication(context, request, 'accounts')
    return { application, externalId: parseInput(Params, request.params).account }
  }
  const answer = (application: Application, externalId: string) => readAccountAnswer(context, application, externalId)
  const doing = (command: Command) => async (request: FastifyRequest) => {
    const { application, externalId } = await meant(request)
    await command(application, externalId, request)
    return answer(application, externalId)
  }

  app.get('/v1/accounts', async (request) => {
    const application = await requireApplication(context, request, 'accounts')
    return listAccounts(context, application, parseInput(ListQuery, request.query))
  })
  app.get(
    '/v1/accounts/:account',
    doing(async () => {}),
  )
  app.put('/v1/accounts/:account', async (request, reply) => {
    const { application, externalId } = await meant(request)
    const isNew = await putAccount(context, application, externalId, parseInput(PutAccountBody, request.body))
    reply.code(isNew ? 201 : 200)
    return answer(application, externalId)
  })
  app.put(
    '/v1/accounts/:account/phone-number',
    doing((application, externalId, request) => {
      const { phone_number: number } = parseInput(PutPhoneNumberBody, request.body)
      return changePhoneNumber(context, application, externalId, number)
    }),
  )
  const closing = (command: (context: Context, application: Application, externalId: string) => Promise<void>) =>
    doing((application, externalId, request) => {
      parseInput(EmptyBody, request.body)
      return command(context, application, externalId)
    })
  app.post('/v1/accounts/:account/disable', closing(disableMade))
  app.post('/v1/accounts/:account/enable', closing(enableMade))
  app.post('/v1/accounts/:account/linkings', async (request, reply) => {
    const { application, externalId } = await meant(request)
    parseInput(EmptyBody, request.body)
    const { id } = await requireMade(context, application, externalId)
    const call = { request, reply, application: application.id, route: `POST /v1/accounts/${externalId}/linkings` }
    return sendOnce(context, call, async () => ({
      status: 201,
      body: await offerLinking(context, application.id, id),
    }))
  })
  app.get('/v1/accounts/:account/linkings/:linking', async (request) => {
    const { application, externalId } = await meant(request)
    const { id } = await requireMade(context, application, externalId)
    return readOfferProgress(context, application.id, id, parseInput(OfferParams, request.params).linking)
  })
  app.post('/v1/accounts/:account/linkings/:linking/confirm', async (request) => {
    const { application, externalId } = await meant(request)
    const { id } = await requireMade(context, application, externalId)
    const { digits } = parseInput(ConfirmLinkingBody, request.body)
    const offer = parseInput(OfferParams, request.params).linking
    return confirmOffer(context, application.id, id, { offer, digits })
  })

  app.delete('/v1/accounts/:account', async (request, reply) => {
    const { application, externalId } = await meant(request)
    await deleteMade(context, application, externalId, belongings)
    return reply.code(204).send()
  })
}
