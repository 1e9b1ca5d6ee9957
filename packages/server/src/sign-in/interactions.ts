/** The OpenID Connect side of a sign-in: the browser that began it, and where it goes in the end. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errors, type InteractionResults, type Provider } from 'oidc-provider'
import { Refusal } from '../http/index.ts'
import type { Login } from './finish-sign-in.ts'
import { saveGrant } from './provider.ts'
import type { SignInId } from './sign-in.ts'

/** A request about a sign-in, of whatever browser. */
export interface SignInRequest {
  readonly provider: Provider
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly id: SignInId
}

/** A request of the browser that began the sign-in. */
export interface InitiatorRequest extends SignInRequest {
  /** What is signed in to. */
  readonly application: string
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
 * @throws Refusal `sign_in_expired`: unknown, over, and another browser's are one answer
 */
export async function requireInitiator(asked: SignInRequest): Promise<InitiatorRequest> {
  const { uid, params } = await orExpired(asked.provider.interactionDetails(asked.request.raw, asked.reply.raw))
  if (uid !== asked.id || typeof params.client_id !== 'string') throw new Refusal('sign_in_expired')
  return { ...asked, application: params.client_id }
}

const resultOf = ({ provider, request, reply }: InitiatorRequest, result: InteractionResults): Promise<string> =>
  orExpired(provider.interactionResult(request.raw, reply.raw, result, { mergeWithLastSubmission: false }))

/** Gives the login to the provider. @returns where the browser goes */
export async function acceptInteraction(initiator: InitiatorRequest, login: Login): Promise<string> {
  const { provider, id, application } = initiator
  const grantId = await saveGrant(provider, id, { account: login.account, application })
  return resultOf(initiator, {
    login: {
      accountId: login.account,
      acr: login.acr,
      amr: [...login.amr],
      ts: Math.floor(login.at / 1000),
      // The session ends with the browser.
      remember: false,
    },
    consent: { grantId },
  })
}

/** Tells the application that the person did not want to. @returns where the browser goes */
export const refuseInteraction = (initiator: InitiatorRequest): Promise<string> =>
  resultOf(initiator, { error: 'access_denied', error_description: 'The person ended the sign-in.' })
