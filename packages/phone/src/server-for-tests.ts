/**
 * For tests: the built app behind the headers that its server sends, and a server that does what a test says.
 *
 * It speaks the phone's side of the protocol, checks proofs, and holds no rules beside that.
 */
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import * as protocol from '@countersign/protocol'

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}

const policyFor = (api: string) =>
  `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' ${api}; ` +
  "worker-src 'self'; manifest-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default"

/** What a route is answered with from now on: a refusal, or a line that breaks. */
export type Scripted = protocol.ErrorCode | 'broken'

export interface Call {
  readonly route: string
  readonly body: unknown
}

export interface ScriptedServer {
  readonly phoneUrl: string
  /** Every call, as `POST /v1/linkings/*\/code`. */
  readonly calls: readonly Call[]
  /** The decisions that were taken. */
  readonly decided: readonly protocol.DecisionPayload[]
  /** The unlock secret of the device, once it is linked. */
  secret(): Uint8Array
  on(route: string, scripted: Scripted): void
  /** Every route answers as it should again. */
  heal(): void
  /** Whether app and server can be reached. */
  setReachable(reachable: boolean): void
  /** Asks the person, and tells the phones that watch. @param changes members of the document */
  ask(changes?: Record<string, unknown>): Promise<string>
  /** Asks something else under the same approval, and tells the phones that watch. */
  change(approval: string, changes: Record<string, unknown>): Promise<void>
  /** Another approval waits in place of one that does not any more, and the phones are told of both at once. */
  replace(approval: string, changes: Record<string, unknown>): Promise<string>
  /** An approval waits no longer, and the phones that watch are told. */
  withdraw(approval: string): void
  withdrawAll(): void
  close(): Promise<void>
}

const id = (prefix: string) => `${prefix}_${protocol.toBase64url(crypto.getRandomValues(new Uint8Array(16)))}`
const routeOf = (request: IncomingMessage, path: string) =>
  `${request.method} ${path.replace(/\/(lnk|apr)_[^/]+/, '/*')}`
const payloadOf = (jws: string) => protocol.fromBase64url(jws.split('.')[1] ?? '')

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

function listen(server: Server): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    resolve(`http://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`)
  })
  return promise
}

const answers = (response: ServerResponse) => ({
  json: (value: unknown) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value)),
  problem: (code: protocol.ErrorCode, more: Partial<protocol.Problem> = {}) => {
    const status = protocol.errorStatus[code]
    const problem = { type: `urn:countersign:error:${code}`, title: code, status, code, ...more }
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem))
  },
})

/** @param directory the built app */
export async function startScriptedServer(directory: string): Promise<ScriptedServer> {
  const documentKeys = await protocol.generateSigningKey({ extractable: false })
  const documentJwk = await protocol.publicJwkOf(documentKeys.publicKey)
  const documentKeyId = protocol.thumbprintOf(documentJwk)
  const ecdh = await protocol.generateEcdhKey()
  const device = protocol.DeviceId.parse(id('dev'))
  const account = protocol.AccountId.parse(id('acc'))
  const pushKeys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const vapidKey = protocol.toBase64url(new Uint8Array(await crypto.subtle.exportKey('raw', pushKeys.publicKey)))
  const calls: Call[] = []
  const taken: protocol.DecisionPayload[] = []
  const scripted = new Map<string, Scripted>()
  const watchers = new Set<ServerResponse>()
  let approvals: { approval: string; document: string }[] = []
  let version = 0
  let reachable = true
  let triesLeft = 5
  let secret: Uint8Array | null = null

  const pending = () => ({ version: `v${version}`, approvals })
  const send = (watcher: ServerResponse) => watcher.write(`event: approvals\ndata: ${JSON.stringify(pending())}\n\n`)
  const show = (next: typeof approvals) => {
    approvals = next
    version += 1
    for (const watcher of watchers) send(watcher)
  }
  const deviceAnswer = () => ({
    device,
    name: 'x',
    state: triesLeft > 0 ? 'active' : 'blocked',
    authenticating: true,
    unlock_tries_left: triesLeft,
    renewal: null,
    credential: null,
    account: { email: 'anna@strand.example', name: 'Anna Lindqvist' },
  })
  const sign = (type: string, payload: Uint8Array) =>
    protocol.signJws({ type, keyId: documentKeyId, payload, key: documentKeys.privateKey })

  async function documentOf(approval: string, changes: Record<string, unknown>): Promise<string> {
    const now = Date.now()
    const document = protocol.ApprovalDocument.parse({
      v: 1,
      approval,
      round: 1,
      audience: apiUrl,
      account,
      device,
      application: { id: 'strand', name: 'Strand' },
      action: 'login',
      template: 1,
      locale: 'sv',
      headline: 'Logga in på Strand',
      lines: [{ label: 'Konto', value: 'anna@strand.example' }],
      data: {},
      context: { place: null, browser: null },
      binding: 'plain',
      nonce: protocol.toBase64url(crypto.getRandomValues(new Uint8Array(32))),
      issued: protocol.formatTimestamp(now),
      expires: protocol.formatTimestamp(now + 90_000),
      ...changes,
    })
    return sign(protocol.documentType, protocol.canonicalBytes(document))
  }

  async function agree(body: unknown) {
    const payload = payloadOf(protocol.LinkingKeysBody.parse(body).transcript)
    const transcript = protocol.parseCanonical(protocol.LinkTranscript, payload)
    const shared = await protocol.sharedSecret(ecdh.privateKey, transcript.phone_ecdh_jwk)
    secret = protocol.unlockSecretOf(shared, transcript)
    return { transcript: await sign(protocol.linkType, payload) }
  }
  function decide(body: unknown, { json, problem }: ReturnType<typeof answers>) {
    const { decision, proof } = protocol.DecisionBody.parse(body)
    const payload = payloadOf(decision)
    const decided = protocol.parseCanonical(protocol.DecisionPayload, payload)
    const key = protocol.proofKeyOf(secret ?? new Uint8Array(32))
    if (decided.decision === 'approve') {
      const right = protocol.verifyProof(key, 'decision', payload, protocol.fromBase64url(proof ?? ''))
      if (!right) triesLeft -= 1
      if (!right && triesLeft === 0) return problem('device_blocked')
      if (!right) return problem('unlock_failed', { tries_left: triesLeft })
    }
    taken.push(decided)
    show(approvals.filter(({ approval }) => approval !== decided.approval))
    json({ approval: decided.approval, state: decided.decision === 'approve' ? 'approved' : 'declined' })
  }
  async function answer(route: string, body: unknown, response: ServerResponse) {
    const reply = answers(response)
    const { json, problem } = reply
    const started = { linking: id('lnk'), phone_number: '+46 •• ••• •• 41', expires: Date.now() + 300_000 }
    switch (route) {
      case 'GET /v1/server':
        return json({
          issuer: apiUrl,
          name: 'Strand ID',
          support_email: 'support@strand.example',
          minimum_app_version: '0.1.0',
          document_keys: [documentJwk],
        })
      case 'POST /v1/linkings':
        return json(started)
      case 'POST /v1/linkings/*/resend':
        return json(started)
      case 'POST /v1/linkings/*/code':
        return json({
          device,
          account,
          server_ecdh_jwk: await protocol.publicJwkOf(ecdh.publicKey),
          expires: started.expires,
        })
      case 'POST /v1/linkings/*/keys':
        return json(await agree(body))
      case 'POST /v1/linkings/*/activate':
      case 'GET /v1/device':
        return json(deviceAnswer())
      case 'DELETE /v1/device':
        return void response.writeHead(204).end()
      case 'GET /v1/device/push':
        return json({ vapid_key: vapidKey, subscribed: false })
      case 'GET /v1/device/approvals':
        return json(pending())
      case 'GET /v1/device/events':
        response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
        watchers.add(response)
        response.on('close', () => watchers.delete(response))
        return void send(response)
      case 'POST /v1/device/approvals/*/received':
        return void response.writeHead(204).end()
      case 'POST /v1/device/approvals/*/decision':
        return decide(body, reply)
      default:
        problem('not_found')
    }
  }
  async function serveApi(request: IncomingMessage, response: ServerResponse) {
    response.setHeader('access-control-allow-origin', phoneUrl)
    response.setHeader('access-control-allow-methods', 'GET, POST, PUT, DELETE')
    response.setHeader(
      'access-control-allow-headers',
      'content-type, content-digest, countersign-client, signature, signature-input',
    )
    response.setHeader('access-control-expose-headers', 'countersign-time, countersign-nonce')
    response.setHeader(protocol.headerNames.time, String(Date.now()))
    response.setHeader(protocol.headerNames.nonce, id('nonce'))
    if (!reachable) return void response.destroy()
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    const body = await readBody(request)
    const route = routeOf(request, new URL(request.url ?? '/', 'http://localhost').pathname)
    calls.push({ route, body })
    const told = scripted.get(route)
    if (told === 'broken') return void response.destroy()
    if (told !== undefined) return answers(response).problem(told)
    await answer(route, body, response)
  }
  async function serveApp(request: IncomingMessage, response: ServerResponse) {
    if (!reachable) return void response.destroy()
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    response.setHeader('content-security-policy', policyFor(apiUrl))
    if (path === '/config.json') return answers(response).json({ api: apiUrl })
    const file = path === '/' ? '/index.html' : path
    const type = types[extname(file)]
    if (type === undefined || file.includes('..')) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': type }).end(await readFile(join(directory, file)))
  }
  const serve = (handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>) =>
    createServer((request, response) => {
      handle(request, response).catch(() => response.destroy())
    })
  const servers = { api: serve(serveApi), app: serve(serveApp) }
  const apiUrl = await listen(servers.api)
  const phoneUrl = await listen(servers.app)

  return {
    phoneUrl,
    calls,
    decided: taken,
    secret: () => secret ?? new Uint8Array(32),
    on: (route, told) => void scripted.set(route, told),
    heal: () => scripted.clear(),
    setReachable(value) {
      reachable = value
      if (value) return
      servers.api.closeAllConnections()
      servers.app.closeAllConnections()
    },
    async ask(changes = {}) {
      const approval = id('apr')
      show([...approvals, { approval, document: await documentOf(approval, changes) }])
      return approval
    },
    async change(approval, changes) {
      const document = await documentOf(approval, changes)
      show(approvals.map((each) => (each.approval === approval ? { approval, document } : each)))
    },
    async replace(approval, changes) {
      const other = id('apr')
      const document = await documentOf(other, changes)
      show([...approvals.filter((each) => each.approval !== approval), { approval: other, document }])
      return other
    },
    withdraw: (approval) => show(approvals.filter((each) => each.approval !== approval)),
    withdrawAll: () => show([]),
    async close() {
      await Promise.all(
        Object.values(servers).map((server) => {
          const { promise, resolve } = Promise.withResolvers<void>()
          server.close(() => resolve())
          server.closeAllConnections()
          return promise
        }),
      )
    },
  }
}
