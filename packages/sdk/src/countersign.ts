/** The client of a server. */
import { type Accounts, accountsOver } from './accounts.ts'
import { type Approvals, approvalsOver } from './approvals.ts'
import { type Receipts, receiptsOver } from './receipts.ts'
import { requestsTo } from './requests.ts'
import { type System, thisMachine } from './system.ts'
import { type Templates, templatesOver } from './templates.ts'
import { type Webhooks, webhooksOver } from './webhooks.ts'

export interface CountersignOptions {
  /** Where the server is, and its issuer: `https://id.example.com`. Without TLS on this machine alone. */
  readonly server: string
  /** The id under which your application is registered. Receipts for others are refused. */
  readonly application: string
  /** `csk_…`. It belongs to back ends: a page has a page token. */
  readonly apiKey: string
  /** Instead of the global one. */
  readonly fetch?: typeof fetch | undefined
  /** Milliseconds for each try of a call; 10 000 where it is left out. */
  readonly timeout?: number | undefined
  /** How often a call is tried again that can be, at most; twice where it is left out. */
  readonly retries?: number | undefined
}

const keyForm = /^csk_[a-z0-9]{12}_[A-Za-z0-9_-]{43}$/
const hostsOfThisMachine = new Set(['localhost', '127.0.0.1', '[::1]'])

function originOf(server: string): string {
  const url = URL.parse(server)
  if (url === null || ![url.origin, `${url.origin}/`].includes(server)) {
    throw new TypeError('server must be an origin without a path, such as https://id.example.com')
  }
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && hostsOfThisMachine.has(url.hostname))
  if (!isSafe) throw new TypeError('server must be an https origin: the API key would be readable on its way')
  return url.origin
}

/**
 * A Countersign server, as your back end sees it. One for the whole program.
 *
 * Reads, and calls that are the same when done twice, are tried again when a connection is lost or the server asks to come
 * back later; calls that create something carry an idempotency key of their own, so that they can be, too.
 *
 * @example
 * const countersign = new Countersign({
 *   server: 'https://id.example.com',
 *   application: 'shop',
 *   apiKey: process.env.COUNTERSIGN_API_KEY,
 * })
 *
 * @throws TypeError when an option is not as it must be
 */
export class Countersign {
  readonly approvals: Approvals
  readonly accounts: Accounts
  readonly templates: Templates
  readonly receipts: Receipts
  readonly webhooks: Webhooks

  /** @param system for tests alone */
  constructor(options: CountersignOptions, system: System = thisMachine) {
    const server = originOf(options.server)
    const { application, apiKey } = options
    if (!keyForm.test(apiKey)) throw new TypeError('apiKey must be an API key: csk_, an id, and the secret')
    if (!application) throw new TypeError('application must be the id of your application')
    const send = requestsTo({
      server,
      apiKey,
      fetch: options.fetch ?? globalThis.fetch,
      timeout: options.timeout ?? 10_000,
      retries: options.retries ?? 2,
      system,
    })
    this.approvals = approvalsOver(send, system)
    this.accounts = accountsOver(send, system)
    this.templates = templatesOver(send)
    this.receipts = receiptsOver(send, { server, application, system })
    this.webhooks = webhooksOver(send, system)
  }
}
