/**
 * What anybody may know of this server: its name, whom to ask, its document keys, how old an app may be.
 *
 * Owns nothing. Must never tell anything about an account.
 */
import type { ServerAnswer } from '@countersign/protocol'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'

/** `GET /v1/server`, unsigned. */
export function registerServerInformation(app: FastifyInstance, context: Context): void {
  app.get('/v1/server', async (): Promise<ServerAnswer> => {
    const { config, keys } = context
    return {
      issuer: config.issuer,
      name: config.brand.name,
      support_email: config.brand.supportEmail,
      minimum_app_version: config.minimumAppVersion,
      document_keys: [...keys.documentKeys],
    }
  })
}
