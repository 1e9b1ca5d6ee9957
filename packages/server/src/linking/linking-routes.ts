/** HTTP of linking (protocol section 4), every request signed by the key that is being linked. */
import {
  ActivateBody,
  importVerifyKey,
  LinkingCodeBody,
  LinkingKeysBody,
  type PublicJwk,
  ScannedLinkingBody,
  StartLinkingBody,
  thumbprintOf,
} from '@countersign/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { parseInput, Refusal, verifySigned } from '../http/index.ts'
import { activateLinking } from './activate-linking.ts'
import { agreeKeys } from './agree-keys.ts'
import { resendCode } from './resend-code.ts'
import { scanOffer } from './scan-offer.ts'
import { startLinking } from './start-linking.ts'
import { submitCode } from './submit-code.ts'
import { verifyLinking } from './verify-linking.ts'

type Step = { Params: { linking: string } }

/** `POST /v1/linkings` and its steps. */
export function registerLinking(app: FastifyInstance, context: Context): void {
  // The key comes with the request: the signature says that whoever sends it has the private half.
  const verifyOwn = (request: FastifyRequest, jwk: PublicJwk) =>
    verifySigned(context, request, async (named) => {
      if (named !== thumbprintOf(jwk)) {
        throw new Refusal('signature_invalid', { detail: 'The request is signed by another key.' })
      }
      await importVerifyKey(jwk).catch(() => {
        throw new Refusal('invalid_request', { detail: 'Not as it should be: sign_jwk.' })
      })
      return { signJwk: jwk }
    })

  app.post('/v1/linkings', async (request) => {
    const body = parseInput(StartLinkingBody, request.body)
    return startLinking(context, await verifyOwn(request, body.sign_jwk), body)
  })

  app.post('/v1/linkings/scanned', async (request) => {
    const body = parseInput(ScannedLinkingBody, request.body)
    return scanOffer(context, await verifyOwn(request, body.sign_jwk), body)
  })

  app.post<Step>('/v1/linkings/:linking/resend', async (request) =>
    resendCode(context, await verifyLinking(context, request, request.params.linking)),
  )

  app.post<Step>('/v1/linkings/:linking/code', async (request) => {
    const verified = await verifyLinking(context, request, request.params.linking)
    return submitCode(context, verified, parseInput(LinkingCodeBody, request.body))
  })

  app.post<Step>('/v1/linkings/:linking/keys', async (request) => {
    const verified = await verifyLinking(context, request, request.params.linking)
    return agreeKeys(context, verified, parseInput(LinkingKeysBody, request.body))
  })

  app.post<Step>('/v1/linkings/:linking/activate', async (request) => {
    const verified = await verifyLinking(context, request, request.params.linking)
    return activateLinking(context, verified, parseInput(ActivateBody, request.body))
  })
}
