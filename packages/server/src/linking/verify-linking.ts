/** Who goes on with a linking: the key that began it, and no other. */
import { LinkingId } from '@countersign/protocol'
import type { FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { Refusal, type SignedRequest, verifySigned } from '../http/index.ts'
import type { Linking } from './linking.ts'
import { readLinking } from './linking-store.ts'

export interface VerifiedLinking {
  readonly signed: SignedRequest
  /** As it was when the request came. Its state may be another one by the time of the transaction. */
  readonly linking: Linking
}

/**
 * Verifies that the key which began the linking signed the request. To every other key there is no such linking.
 *
 * @throws Refusal `not_found`, and those of `verifySigned`
 */
export async function verifyLinking(
  context: Context,
  request: FastifyRequest,
  linkingId: unknown,
): Promise<VerifiedLinking> {
  const id = LinkingId.safeParse(linkingId)
  const linking = id.success ? await context.db.read((query) => readLinking(query, id.data)) : null
  const signed = await verifySigned(context, request, async (thumbprint) => {
    if (linking === null || linking.thumbprint !== thumbprint) throw new Refusal('not_found')
    return linking
  })
  if (linking === null) throw new Refusal('not_found')
  return { signed, linking }
}
