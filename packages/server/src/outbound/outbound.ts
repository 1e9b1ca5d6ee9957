/** Requests to addresses that somebody else chose. */
import { type LookupAddress, lookup } from 'node:dns'
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from './public-address.ts'

export interface OutboundRequest {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Milliseconds for the whole answer. */
  readonly timeout: number
}

export interface OutboundAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** Nothing was sent: the address is none that requests may go to. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
}

export interface Outbound {
  /**
   * Posts and reads the status. The body of the answer is thrown away unread; a redirect is an answer like any other.
   *
   * @throws AddressRefused; any other error when no answer came in time
   */
  post(request: OutboundRequest): Promise<OutboundAnswer>
  close(): void
}

export interface OutboundRules {
  /** Origins that requests may go to beside the internet's: of networks of one's own, and of this machine. Each is one exactly. */
  readonly origins: readonly string[]
}

/** The most of an answer that is read before the connection is given up, in bytes. */
const longestAnswer = 16_384

/** The addresses of a name. */
export type Resolve = (hostname: string, answer: (error: Error | null, found: readonly LookupAddress[]) => void) => void

const resolveBySystem: Resolve = (hostname, answer) =>
  lookup(hostname, { all: true }, (error, found) => answer(error, found ?? []))

/** Resolves a name, and gives on only what may be connected to: what was judged is what is connected to. */
function judgedLookup(resolve: Resolve, isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, found) => {
      if (error !== null) return callback(error, [])
      const [first] = found
      // One bad address among good ones is somebody trying.
      if (first === undefined || !found.every(({ address }) => isAllowed(address))) {
        return callback(new AddressRefused(`${hostname} is not at a public address.`), [])
      }
      if (options.all) callback(null, [...found])
      else callback(null, first.address, first.family)
    })
  }
}

/** Names of one label, and those that never lead out of a network (RFC 6761, RFC 6762, RFC 8375, RFC 9476; ICANN for `internal`). */
const isPublicName = (host: string): boolean => {
  const labels = host.replace(/\.$/, '').split('.')
  return (
    labels.length > 1 &&
    !['localhost', 'local', 'internal', 'home.arpa', 'alt'].some((name) => `.${labels.join('.')}`.endsWith(`.${name}`))
  )
}

/**
 * Why requests do not go to an address, or null. Where its name leads is not known yet: that is judged when it is
 * connected to.
 */
export function addressFault(url: URL, { origins }: OutboundRules): string | null {
  if (url.username !== '' || url.password !== '') return 'It names a user.'
  if (origins.includes(url.origin)) return null
  if (url.protocol !== 'https:') return 'It is not https.'
  if (url.port !== '') return 'It names a port.'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  // An address is connected to without being looked up.
  if (isIP(host) !== 0) return isPublicAddress(host) ? null : 'It is not a public address.'
  return isPublicName(host) ? null : 'It is not a public name.'
}

function drain(answer: IncomingMessage): void {
  let length = 0
  answer.on('data', (chunk: Uint8Array) => {
    length += chunk.length
    if (length > longestAnswer) answer.destroy()
  })
  answer.on('error', () => {})
}

/**
 * A client whose requests go to public addresses over https, and to the origins that its rules name. Names are resolved once, and connected to at exactly
 * the address that was judged; connections are kept for the next request to the same service.
 */
export function createOutbound(rules: OutboundRules, resolve: Resolve = resolveBySystem): Outbound {
  const options = { keepAlive: true, maxSockets: 64, maxFreeSockets: 8 }
  const anywhere = { ...options, lookup: judgedLookup(resolve, () => true) }
  const agents = {
    internet: new HttpsAgent({ ...options, lookup: judgedLookup(resolve, isPublicAddress) }),
    named: { http: new HttpAgent(anywhere), https: new HttpsAgent(anywhere) },
  }
  const begin = (url: URL, send: RequestOptions): ClientRequest => {
    if (!rules.origins.includes(url.origin)) return httpsRequest(url, { ...send, agent: agents.internet })
    return url.protocol === 'https:'
      ? httpsRequest(url, { ...send, agent: agents.named.https })
      : httpRequest(url, { ...send, agent: agents.named.http })
  }

  return {
    post({ url, headers, body, timeout }) {
      const refusal = addressFault(url, rules)
      if (refusal !== null) return Promise.reject(new AddressRefused(refusal))
      const { promise, resolve, reject } = Promise.withResolvers<OutboundAnswer>()
      const sent = begin(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': body.length },
        signal: AbortSignal.timeout(timeout),
      })
      sent.on('error', reject)
      // Some answers that are none (101 and its like) end in nothing else.
      sent.on('close', () => reject(new Error('The service closed the connection without an answer.')))
      sent.on('response', (answer) => {
        drain(answer)
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers })
      })
      sent.end(body)
      return promise
    },
    close() {
      for (const agent of [agents.internet, agents.named.http, agents.named.https]) agent.destroy()
    },
  }
}
