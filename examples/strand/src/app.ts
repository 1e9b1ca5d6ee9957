/** Strand's routes: its page, what the page asks for, and the way to the issuer and back. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import fastifyStatic from '@fastify/static'
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import * as z from 'zod'
import type { AccountStore } from './account-store.ts'
import { type AccountView, type ProblemKind, problemKinds } from './account-view.ts'
import { StartFault, type StrandConfig } from './config.ts'
import { clearCookie, readCookie, writeCookie } from './cookie.ts'
import type { Issuer } from './issuer.ts'
import type { Session, SessionStore } from './session-store.ts'
import { addTransfers } from './transfer-routes.ts'
import type { Transfers } from './transfers.ts'

/** What the routes work with. */
export interface Strand {
  readonly config: StrandConfig
  readonly issuer: Issuer
  readonly sessions: SessionStore
  readonly accounts: AccountStore
  readonly transfers: Transfers
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** One line; never a secret, a name or an address. */
  readonly log: (line: string) => void
  /** The folder of the built pages. */
  readonly pages: string
}

const policy = (nonce: string, issuer: string) =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    // The popup watches its approval at Countersign, and nothing else of it.
    `connect-src 'self' ${issuer}/v1/approvals/`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

const LoginQuery = z.object({
  locale: z.enum(['sv', 'en']).nullable().catch(null),
  /** Logging in once more, which leads somebody without a phone to linking one. */
  again: z.literal('1').nullable().catch(null),
})
/** Milliseconds that a page waits for what is left lying. It is taken up again soon. */
const longestSettling = 3_000

const CallbackQuery = z.object({ state: z.string().min(1) })
const ProblemParams = z.object({ kind: z.enum(problemKinds) })

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (character) => entities[character] ?? '')

function readPage({ pages, config }: Strand): string {
  const file = join(pages, 'index.html')
  if (!existsSync(file)) throw new StartFault("Strand's pages are not built; npm start builds them.")
  return readFileSync(file, 'utf8').replaceAll('__SUPPORT_EMAIL__', escapeHtml(config.supportEmail))
}

function addHeaders(app: FastifyInstance, { config }: Strand): void {
  const { url } = config
  const { host, protocol } = new URL(url)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      ...(protocol === 'https:' ? { 'strict-transport-security': 'max-age=31536000' } : {}),
    })
    // A name that is not ours may be somebody else's that points here (DNS rebinding).
    if (request.headers.host !== host) return reply.code(421).type('text/plain').send('Strand is not at this address.')
    // Browsers send Origin with every POST; a page of another site cannot leave it out or choose it.
    const isOurs = request.method !== 'POST' || request.headers.origin === url
    if (!isOurs) return reply.code(403).type('text/plain').send('Refused.')
  })
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const { statusCode = 500 } = error
    const isOurs = statusCode < 400 || statusCode > 499
    const said = isOurs ? 'Something went wrong.' : 'This request cannot be understood.'
    return reply
      .code(isOurs ? 500 : statusCode)
      .type('text/plain')
      .send(said)
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('There is nothing here.'))
}

async function addPages(app: FastifyInstance, strand: Strand): Promise<void> {
  const page = readPage(strand)
  const send = (reply: FastifyReply, code: number) => {
    const nonce = randomBytes(16).toString('base64url')
    return reply
      .code(code)
      .header('content-security-policy', policy(nonce, strand.config.issuer))
      .type('text/html; charset=utf-8')
      .send(page.replaceAll('__CSP_NONCE__', nonce))
  }
  app.get('/', (_request, reply) => send(reply, 200))
  app.get('/problem/:kind', (request, reply) => {
    const known = ProblemParams.safeParse(request.params).success
    return known ? send(reply, 200) : reply.callNotFound()
  })
  await app.register(fastifyStatic, {
    root: join(strand.pages, 'assets'),
    prefix: '/assets/',
    index: false,
    cacheControl: false,
    // Their names carry a hash of the content.
    setHeaders: (reply) => reply.header('cache-control', 'public, max-age=31536000, immutable'),
  })
}

export async function createApp(strand: Strand): Promise<FastifyInstance> {
  const { config, issuer, sessions, accounts, transfers, now, log } = strand
  const secure = config.url.startsWith('https:')
  const app = fastify({ logger: false, bodyLimit: 8_192 })
  addHeaders(app, strand)
  await addPages(app, strand)

  const sessionOf = (request: FastifyRequest): Session | null =>
    sessions.find(readCookie(request.headers.cookie, secure), now())
  const problem = (reply: FastifyReply, kind: ProblemKind) => reply.redirect(`/problem/${kind}`, 303)

  app.get('/api/account', async (request): Promise<AccountView> => {
    const session = sessionOf(request)
    if (!session?.customer) return { state: 'guest' }
    const { subject } = session.customer
    await Promise.race([transfers.settleAll(subject), setTimeout(longestSettling, null, { ref: false })])
    const view = accounts.view(subject)
    if (view === null) return { state: 'guest' }
    return { state: 'customer', ...view, waiting: transfers.waiting(subject, session.hash) }
  })
  addTransfers(app, transfers, sessionOf)

  app.get('/login', async (request, reply) => {
    const session = sessionOf(request)
    const { locale, again } = LoginQuery.parse(request.query)
    if (session?.customer && again === null) return reply.redirect('/', 303)
    const departure = await issuer.depart(locale, again !== null)
    if (departure === null) return problem(reply, 'unreachable')
    const { cookie } = sessions.beginLogin(session, departure.state, departure.login, now())
    if (cookie !== null) reply.header('set-cookie', writeCookie(cookie, secure))
    return reply.redirect(departure.location, 303)
  })

  app.get('/callback', async (request, reply) => {
    const query = CallbackQuery.safeParse(request.query)
    const session = sessionOf(request)
    const state = query.data?.state ?? ''
    const login = session && sessions.takeLogin(session, state, now())
    if (session === null || login === null) {
      // Where somebody is in, another tab was first, or they went back in the browser.
      return session?.customer ? reply.redirect('/', 303) : problem(reply, 'expired')
    }
    const arrival = await issuer.arrive(new URL(request.url, config.url), state, login)
    if (arrival.kind !== 'arrived') {
      if (arrival.kind === 'failed') log(`a login failed: ${arrival.fault}`)
      return problem(reply, arrival.kind)
    }
    const { customer } = arrival
    accounts.welcome(customer, config.openingBalances.get(customer.email), now())
    const cookie = sessions.logIn(session, customer.subject, now())
    return reply.header('set-cookie', writeCookie(cookie, secure)).redirect('/', 303)
  })

  app.post('/logout', async (request, reply) => {
    const session = sessionOf(request)
    if (session !== null) sessions.end(session)
    const farewell = session?.customer ? await issuer.farewell(session.customer.subject) : null
    return reply.header('set-cookie', clearCookie(secure)).send({ location: farewell ?? '/' })
  })
  return app
}
