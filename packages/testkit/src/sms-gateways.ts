/**
 * SMS gateways that stand in for the real ones: each takes exactly the requests that its service documents, answers as
 * the service does, and fails to order. Nothing leaves this machine.
 *
 * Sources: https://46elks.com/docs/send-sms, https://www.twilio.com/docs/messaging/api/message-resource and
 * https://www.twilio.com/docs/api/errors
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export type SmsGatewayKind = 'http' | '46elks' | 'twilio'

/** What the next request is answered with, whatever it says. */
export type SmsGatewayFault =
  | 'unauthorized'
  | 'too-many'
  | 'invalid-number'
  | 'no-credit'
  | 'broken'
  | 'hang'
  | 'garbage'
  | 'failed'
  | 'endless'
  | 'elsewhere'

export interface AcceptedSms {
  readonly to: string
  /** Null where the gateway knows the sender by itself. */
  readonly from: string | null
  readonly text: string
}

export interface SmsGatewayServer extends AsyncDisposable {
  readonly origin: string
  /** Who may send. For `http` they are the two halves of `Authorization: Bearer <user>:<password>`. */
  readonly credentials: { readonly user: string; readonly password: string }
  /** What was accepted, in order. */
  readonly accepted: readonly AcceptedSms[]
  /** How many requests came, whatever became of them. */
  requests(): number
  /** What was wrong with the requests that were refused: one sentence for each. */
  readonly complaints: readonly string[]
  /** Orders faults, one for each of the next requests. */
  order(...faults: SmsGatewayFault[]): void
  /** The nth SMS (from 1) to a number, waiting for it. */
  arrived(to: string, nth: number): Promise<AcceptedSms>
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Service {
  readonly path: string
  /** What is sent, or what is wrong with the request. */
  read(body: string, type: string | undefined): AcceptedSms | string
  readonly authorization: string
  accept(sms: AcceptedSms): Answer
  /** An answer of success to an SMS that is not sent all the same. */
  fail(): Answer
  refuse(status: number, complaint: string): Answer
}

const json = (status: number, body: object): Answer => ({
  status,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})
const plain = (status: number, body: string): Answer => ({ status, body, headers: { 'content-type': 'text/plain' } })

const phoneNumber = /^\+[1-9]\d{6,14}$/
const senderName = /^[A-Za-z][A-Za-z0-9]{2,10}$/
const formType = 'application/x-www-form-urlencoded'

interface FormRule {
  readonly to: string
  readonly from: string
  readonly text: string
  /** Characters. */
  readonly longest: number
  /** Parameters that may be there besides, with the only value that is expected of us. */
  readonly besides?: Readonly<Record<string, string>>
  readonly sender: (from: string) => boolean
}

function readForm(body: string, type: string | undefined, rule: FormRule): AcceptedSms | string {
  if (type?.split(';')[0] !== formType) return `the body is ${type}, not a form`
  const form = new URLSearchParams(body)
  const known = { ...rule.besides, [rule.to]: null, [rule.from]: null, [rule.text]: null }
  const names = [...form.keys()]
  const strange = names.find((name) => !(name in known) || form.getAll(name).length > 1)
  if (strange !== undefined) return `the parameter ${strange} is unknown or given twice`
  const wrong = Object.entries(rule.besides ?? {}).find(([name, value]) => form.get(name) !== value)
  if (wrong !== undefined) return `the parameter ${wrong[0]} is not as expected`
  const [to, from, text] = [form.get(rule.to), form.get(rule.from), form.get(rule.text)]
  if (to === null || !phoneNumber.test(to)) return `the recipient is no number in E.164`
  if (from === null || !rule.sender(from)) return 'the sender is neither a number nor a name'
  if (text === null || text === '' || [...text].length > rule.longest) return 'the text is empty or too long'
  return { to, from, text }
}

type Credentials = SmsGatewayServer['credentials']

const basic = ({ user, password }: Credentials) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

function readJson(body: string, type: string | undefined): AcceptedSms | string {
  if (type !== 'application/json') return `the body is ${type}, not JSON`
  const parsed: unknown = JSON.parse(body)
  const isSms = typeof parsed === 'object' && parsed !== null && 'to' in parsed && 'text' in parsed
  if (!isSms || typeof parsed.to !== 'string' || typeof parsed.text !== 'string') return 'to or text is missing'
  if (Object.keys(parsed).length !== 2) return 'there is more than to and text'
  return phoneNumber.test(parsed.to)
    ? { to: parsed.to, from: null, text: parsed.text }
    : 'the recipient is no number in E.164'
}

const simple = (credentials: Credentials): Service => ({
  path: '/sms',
  authorization: `Bearer ${credentials.user}:${credentials.password}`,
  read: readJson,
  accept: () => ({ status: 202, body: '' }),
  fail: () => ({ status: 202, body: '' }),
  refuse: plain,
})

const elks = (credentials: Credentials): Service => ({
  path: '/a1/sms',
  authorization: basic(credentials),
  read: (body, type) =>
    readForm(body, type, {
      to: 'to',
      from: 'from',
      text: 'message',
      longest: 1_530,
      // A code is not to lie in the history of somebody else.
      besides: { dontlog: 'message' },
      sender: (from) => phoneNumber.test(from) || senderName.test(from),
    }),
  accept: ({ to, from }) =>
    json(200, {
      status: 'created',
      id: `s${randomBytes(16).toString('hex')}`,
      created: '2026-03-10T12:00:00.000000',
      direction: 'outgoing',
      from,
      to,
      parts: 1,
      cost: 5_200,
    }),
  fail: () => json(200, { status: 'failed', id: `s${randomBytes(16).toString('hex')}` }),
  refuse: plain,
})

const twilioCodes: Readonly<Record<number, number>> = { 400: 21211, 401: 20003, 402: 20005, 429: 20429, 500: 20500 }

const twilio = (credentials: Credentials): Service => ({
  path: `/2010-04-01/Accounts/${credentials.user}/Messages.json`,
  authorization: basic(credentials),
  read: (body, type) => {
    const rule = { to: 'To', text: 'Body', longest: 1_600 }
    const byService = new URLSearchParams(body).has('MessagingServiceSid')
    return readForm(
      body,
      type,
      byService
        ? { ...rule, from: 'MessagingServiceSid', sender: (from) => /^MG[0-9a-f]{32}$/.test(from) }
        : { ...rule, from: 'From', sender: (from) => phoneNumber.test(from) || senderName.test(from) },
    )
  },
  accept: ({ to, from, text }) =>
    json(201, {
      sid: `SM${randomBytes(16).toString('hex')}`,
      account_sid: credentials.user,
      status: 'queued',
      to,
      from,
      body: text,
      error_code: null,
      error_message: null,
    }),
  fail: () => json(201, { sid: `SM${randomBytes(16).toString('hex')}`, status: 'failed', error_code: 30_034 }),
  refuse: (status, message) => {
    const code = twilioCodes[status] ?? 20_001
    return json(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status })
  },
})

const services = { http: simple, '46elks': elks, twilio }

function faultAnswer(service: Service, fault: Exclude<SmsGatewayFault, 'hang' | 'endless'>): Answer {
  const spoken = 'A sentence with the number +46701740605 in it.'
  switch (fault) {
    case 'unauthorized':
      return service.refuse(401, spoken)
    case 'too-many':
      return { ...service.refuse(429, spoken), headers: { 'retry-after': '17' } }
    case 'invalid-number':
      return service.refuse(400, spoken)
    case 'no-credit':
      return service.refuse(402, spoken)
    case 'broken':
      return service.refuse(500, spoken)
    case 'failed':
      return service.fail()
    case 'garbage':
      return { status: 200, body: '<html>Log in to the network of this hotel.</html>' }
    case 'elsewhere':
      return { status: 307, body: '', headers: { location: service.path } }
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Begins an answer and goes on until nobody reads it any more. */
function answerWithoutEnd(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const more = () => {
    while (!response.destroyed && response.write(' '.repeat(16_384)));
  }
  response.on('drain', more)
  more()
}

/** Starts a gateway of a kind on the loopback address. */
export async function startSmsGateway(kind: SmsGatewayKind): Promise<SmsGatewayServer> {
  const credentials = { user: `AC${randomBytes(16).toString('hex')}`, password: randomBytes(16).toString('hex') }
  const service = services[kind](credentials)
  const accepted: AcceptedSms[] = []
  const complaints: string[] = []
  const faults: SmsGatewayFault[] = []
  const waiting = new Set<() => void>()
  let requests = 0

  const judge = (request: IncomingMessage, body: string): Answer => {
    if (request.method !== 'POST' || request.url !== service.path) return service.refuse(404, 'there is nothing here')
    if (request.headers.authorization !== service.authorization) return service.refuse(401, 'who are you?')
    const sms = service.read(body, request.headers['content-type'])
    if (typeof sms === 'string') return service.refuse(400, sms)
    accepted.push(sms)
    return service.accept(sms)
  }

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    requests += 1
    const fault = faults.shift()
    if (fault === 'hang') return
    if (fault === 'endless') return answerWithoutEnd(response)
    const answer = fault === undefined ? judge(request, body) : faultAnswer(service, fault)
    if (fault === undefined && answer.status >= 400) complaints.push(answer.body)
    response.writeHead(answer.status, answer.headers).end(answer.body)
    for (const look of waiting) look()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The gateway has no port.')

  const find = (to: string, nth: number) => accepted.filter((sms) => sms.to === to)[nth - 1]
  return {
    origin: `http://127.0.0.1:${address.port}`,
    credentials,
    accepted,
    complaints,
    requests: () => requests,
    order: (...ordered) => void faults.push(...ordered),
    arrived: (to, nth) =>
      new Promise((resolve) => {
        const look = () => {
          const sms = find(to, nth)
          if (sms === undefined) return
          waiting.delete(look)
          resolve(sms)
        }
        waiting.add(look)
        look()
      }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
