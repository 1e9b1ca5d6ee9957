/** The API of the sign-in page (packages/protocol, api.ts). Every request must come from the browser that began. */
import { EmptyBody, PasswordBody, ResponseBody, SmsCodeBody } from '@countersign/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Provider } from 'oidc-provider'
import type { Context } from '../context.ts'
import { parseInput, Refusal, sendWatched } from '../http/index.ts'
import { browserOf } from './browser.ts'
import { browserNameOf } from './browser-name.ts'
import { cancelSignIn } from './cancel-sign-in.ts'
import { finishSignIn } from './finish-sign-in.ts'
import { acceptInteraction, type InitiatorRequest, refuseInteraction, requireInitiator } from './interactions.ts'
import { requireSignIn, watchSignIn } from './read-sign-in.ts'
import { restartSignIn } from './restart-sign-in.ts'
import { SignInId } from './sign-in.ts'
import { resendCode, submitCode } from './submit-code.ts'
import { chooseOffline, takeResponse } from './take-response.ts'
import { tryPassword } from './try-password.ts'
import { wakePhone } from './wake-phone.ts'

function signInIdOf(request: FastifyRequest): SignInId {
  const { params } = request
  const given = typeof params === 'object' && params !== null && 'signIn' in params ? params.signIn : undefined
  const id = SignInId.safeParse(given)
  if (!id.success) throw new Refusal('sign_in_expired')
  return id.data
}

/** What a command does; what it returns is the answer. */
type Command = (initiator: InitiatorRequest) => Promise<unknown>

/** Registers the API. */
export function registerSignInApi(app: FastifyInstance, context: Context, provider: Provider): void {
  const stateOf = async (id: SignInId) => (await requireSignIn(context, id)).state
  const nameOf = (request: FastifyRequest) => browserNameOf(request.headers['user-agent'])

  const watch = (form: 'stream' | 'value') => async (request: FastifyRequest, reply: FastifyReply) => {
    const id = signInIdOf(request)
    await requireInitiator({ provider, request, reply, id })
    // A sign-in that is over is told before a stream is opened.
    await requireSignIn(context, id)
    return sendWatched(context, request, reply, watchSignIn(context, id), form)
  }
  const post = (name: string, command: Command) =>
    app.post(`/sign-in/:signIn/${name}`, async (request, reply) => {
      // SameSite keeps the cookie from other sites; this keeps out pages of other origins of our own site.
      if (request.headers.origin !== context.config.issuer) throw new Refusal('origin_refused')
      return command(await requireInitiator({ provider, request, reply, id: signInIdOf(request) }))
    })

  app.get('/sign-in/:signIn/state', watch('value'))
  app.get('/sign-in/:signIn/events', watch('stream'))
  post('password', async ({ request, reply, id }) => {
    const body = parseInput(PasswordBody, request.body)
    const browser = browserOf(context, request, reply)
    await tryPassword(context, id, { ...body, browserName: nameOf(request), browser })
    return stateOf(id)
  })
  post('code', async ({ request, id }) => {
    await submitCode(context, id, parseInput(SmsCodeBody, request.body).code, nameOf(request))
    return stateOf(id)
  })
  post('resend', async ({ request, id }) => {
    parseInput(EmptyBody, request.body)
    await resendCode(context, id, nameOf(request))
    return stateOf(id)
  })
  post('wake', async ({ request, id }) => {
    parseInput(EmptyBody, request.body)
    await wakePhone(context, id)
    return stateOf(id)
  })
  post('offline', async ({ request, id }) => {
    parseInput(EmptyBody, request.body)
    await chooseOffline(context, id)
    return stateOf(id)
  })
  post('response', async ({ request, id }) => {
    await takeResponse(context, id, parseInput(ResponseBody, request.body).response)
    return stateOf(id)
  })
  post('restart', async ({ request, id }) => {
    parseInput(EmptyBody, request.body)
    await restartSignIn(context, id, nameOf(request))
    return stateOf(id)
  })
  post('cancel', async (initiator) => {
    parseInput(EmptyBody, initiator.request.body)
    await cancelSignIn(context, initiator.id)
    return { location: await refuseInteraction(initiator) }
  })
  post('finish', async (initiator) => {
    parseInput(EmptyBody, initiator.request.body)
    const login = await finishSignIn(context, initiator.id)
    return { location: await acceptInteraction(initiator, login) }
  })
}
