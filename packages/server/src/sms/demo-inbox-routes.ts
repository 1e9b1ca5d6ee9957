/** The page on which the demo's SMS are read. */
import { Locale, locales } from '@countersign/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { sendWatched, type Watched } from '../http/index.ts'
import { type DemoInbox, type DemoMessage, demoInboxTopic } from './demo-inbox.ts'
import { pageIn, pagePolicy, readScript, readStyle } from './demo-page/page.ts'

function localeOf(request: FastifyRequest): Locale {
  const { query } = request
  const chosen = Locale.safeParse(
    typeof query === 'object' && query !== null && 'lang' in query ? query.lang : undefined,
  )
  if (chosen.success) return chosen.data
  const wanted = (request.headers['accept-language'] ?? '')
    .split(',')
    .map((part) => part.trim().slice(0, 2).toLowerCase())
  return wanted.map((tag) => Locale.safeParse(tag)).find(({ success }) => success)?.data ?? locales[0]
}

interface InboxView {
  readonly version: string
  readonly messages: readonly DemoMessage[]
}

/**
 * `GET /dev/sms`, its parts, and `GET /dev/sms/messages` (JSON, newest first; `?wait=&after=` makes it a long poll).
 * Everybody who reaches the server reads all codes here.
 *
 * @throws where the server is not a demo
 */
export function registerDemoInbox(app: FastifyInstance, context: Context, inbox: DemoInbox): void {
  if (!context.config.demo) throw new Error('The inbox for SMS exists in the demo only.')
  const watched: Watched<InboxView> = {
    event: 'inbox',
    topics: () => [demoInboxTopic],
    read: async () => ({ version: inbox.version(), messages: inbox.messages() }),
  }
  app.get('/dev/sms', async (request, reply) =>
    reply
      .header('content-security-policy', pagePolicy)
      .header('vary', 'accept-language')
      .type('text/html; charset=utf-8')
      .send(pageIn(localeOf(request))),
  )
  app.get('/dev/sms/page.js', async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(await readScript()),
  )
  app.get('/dev/sms/page.css', async (_request, reply) => reply.type('text/css; charset=utf-8').send(await readStyle()))
  app.get('/dev/sms/messages', (request, reply) => sendWatched(context, request, reply, watched, 'value'))
  app.get('/dev/sms/events', (request, reply) => sendWatched(context, request, reply, watched, 'stream'))
}
