/**
 * For tests: an OpenID Connect issuer that logs in whoever the test says, and lies where the test says.
 *
 * It keeps the rules that it holds an application to: client authentication, PKCE, one use of a code.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface IssuerForTests {
  readonly url: string
  /** What the next logins give; `error` refuses them. */
  person: { sub: string; name?: string; email?: string } | { error: string }
  /** Claims that replace the right ones in ID tokens. */
  lie: Record<string, unknown>
  /** Whether ID tokens are signed by a key that is not the issuer's. */
  forge: boolean
  /** Parameters of every authorization request. */
  readonly requests: URLSearchParams[]
  /** Parameters of every logout. */
  readonly farewells: URLSearchParams[]
  close(): Promise<void>
}

interface Code {
  readonly challenge: string
  readonly nonce: string
  readonly redirectUri: string
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return new URLSearchParams(text)
}

function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** @param port 0 for any */
export async function startIssuer(clientId: string, clientSecret: string, port = 0): Promise<IssuerForTests> {
  const { publicKey, privateKey } = keyPair()
  const foreign = keyPair().privateKey
  const codes = new Map<string, Code>()
  // Both are form-encoded before they are joined (RFC 6749 section 2.3.1).
  const encode = (text: string) => new URLSearchParams({ text }).toString().slice('text='.length)
  const basic = `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`
  const accessToken = randomBytes(16).toString('hex')

  const idTokenOf = (claims: object) => {
    const signed = `${base64url({ alg: 'ES256', kid: 'k', typ: 'JWT' })}.${base64url(claims)}`
    const key = issuer.forge ? foreign : privateKey
    return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
  }
  const authorize = (query: URLSearchParams, response: ServerResponse) => {
    issuer.requests.push(query)
    const redirectUri = query.get('redirect_uri') ?? ''
    const target = new URL(redirectUri)
    target.searchParams.set('state', query.get('state') ?? '')
    target.searchParams.set('iss', issuer.url)
    if ('error' in issuer.person) target.searchParams.set('error', issuer.person.error)
    else {
      const code = randomBytes(16).toString('hex')
      codes.set(code, { challenge: query.get('code_challenge') ?? '', nonce: query.get('nonce') ?? '', redirectUri })
      target.searchParams.set('code', code)
    }
    response.writeHead(303, { location: target.href }).end()
  }
  const token = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request)
    const code = codes.get(body.get('code') ?? '')
    codes.delete(body.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url')
    const right =
      request.headers.authorization === basic &&
      code?.challenge === challenge &&
      code.redirectUri === body.get('redirect_uri')
    if (!right || 'error' in issuer.person) return sendJson(response, { error: 'invalid_grant' }, 400)
    const now = Math.floor(Date.now() / 1000)
    const standard = {
      iss: issuer.url,
      sub: issuer.person.sub,
      aud: clientId,
      nonce: code.nonce,
      iat: now,
      exp: now + 60,
    }
    const idToken = idTokenOf({ ...standard, ...issuer.lie })
    sendJson(response, { access_token: accessToken, token_type: 'Bearer', id_token: idToken })
  }
  const metadata = () => ({
    issuer: issuer.url,
    authorization_endpoint: `${issuer.url}/authorize`,
    token_endpoint: `${issuer.url}/token`,
    jwks_uri: `${issuer.url}/jwks`,
    userinfo_endpoint: `${issuer.url}/userinfo`,
    end_session_endpoint: `${issuer.url}/logout`,
    id_token_signing_alg_values_supported: ['ES256'],
    authorization_response_iss_parameter_supported: true,
  })
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer.url)
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return sendJson(response, metadata())
      case '/authorize':
        return authorize(searchParams, response)
      case '/token':
        return token(request, response)
      case '/jwks':
        return sendJson(response, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256' }] })
      case '/userinfo':
        return request.headers.authorization === `Bearer ${accessToken}`
          ? sendJson(response, issuer.person)
          : void response.writeHead(401).end()
      case '/logout':
        issuer.farewells.push(searchParams)
        return void response.writeHead(303, { location: searchParams.get('post_logout_redirect_uri') ?? '/' }).end()
      default:
        response.writeHead(404).end()
    }
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve))
  const address = server.address()
  const issuer: IssuerForTests = {
    url: `http://localhost:${typeof address === 'object' && address !== null ? address.port : port}`,
    person: { sub: 'acc_anna', name: 'Anna Lind', email: 'anna@strand.example' },
    lie: {},
    forge: false,
    requests: [],
    farewells: [],
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return issuer
}
