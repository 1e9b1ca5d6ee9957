/** The OpenID Connect side of a sign-in: the browser that began it, and where it goes in the end. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errors, type InteractionResults, type Provider } from 'oidc-provider'
import { Refusal } from '../http/index.ts'
import type { Login } from './finish-sign-in.ts'
import { approvedContext, saveGrant } from './provider.ts'
import type { SignInId } from './sign-in.ts'

/** A request of the browser that began the sign-in. */
export interface InitiatorRequest {
  readonly provider: Provider
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly id: SignInId
}

async function orExpired<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer
  } catch (error) {
    throw error instanceof errors.SessionNotFound ? new Refusal('sign_in_expired') : error
  }
}

/**
 * Makes sure that the request comes from the browser that began this sign-in, by its signed cookie.
 *
 * @returns the application that is signed in to
 * @throws Refusal `sign_in_expired`: unknown, over, and another browser's are one answer
 */
export async function requireInitiator({ provider, request, reply, id }: InitiatorRequest): Promise<string> {
  const { uid, prompt, params } = await orExpired(provider.interactionDetails(request.raw, reply.raw))
  if (uid !== id || prompt.name !== 'login' || typeof params.client_id !== 'string')
    throw new Refusal('sign_in_expired')
  return params.client_id
}

const resultOf = (initiator: InitiatorRequest, result: InteractionResults): Promise<string> =>
  orExpired(
    initiator.provider.interactionResult(initiator.request.raw, initiator.reply.raw, result, {
      mergeWithLastSubmission: false,
    }),
  )

/** Gives the login to the provider. @returns where the browser goes */
export async function acceptInteraction(initiator: InitiatorRequest, login: Login): Promise<string> {
  const application = await requireInitiator(initiator)
  const grantId = await saveGrant(initiator.provider, initiator.id, { account: login.account, application })
  return resultOf(initiator, {
    login: {
      accountId: login.account,
      acr: approvedContext,
      amr: [...login.amr],
      ts: Math.floor(login.decidedAt / 1000),
      // The session ends with the browser.
      remember: false,
    },
    consent: { grantId },
  })
}

/** Tells the application that the person did not want to. @returns where the browser goes */
export const refuseInteraction = (initiator: InitiatorRequest): Promise<string> =>
  resultOf(initiator, { error: 'access_denied', error_description: 'The person ended the sign-in.' })
