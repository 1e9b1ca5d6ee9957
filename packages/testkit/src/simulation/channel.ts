/**
 * The network between a phone and the server, and what the server's edge does with a phone's request. Signatures of
 * requests are not judged here (the tests of `http` do that); their nonces are.
 */
import type { Fetch } from '@countersign/device'
import {
  ActivateRenewalBody,
  ApprovalId,
  checkNonce,
  createNonce,
  type DecisionAnswer,
  DecisionBody,
  headerNames,
  type PendingApprovals,
  type Problem,
  RenewalId,
  StartRenewalBody,
} from '@countersign/protocol'
import {
  accountById,
  activateRenewal,
  answerApproval,
  deviceAnswerOf,
  deviceByThumbprint,
  Refusal,
  readPendingApprovals,
  startRenewal,
} from '@countersign/server/use-cases'
import { payloadOf } from './payload.ts'
import { ServerStopped, type SimulatedWorld } from './simulated-world.ts'

interface PhoneRequest {
  readonly path: string
  readonly keyId: string
  readonly nonce: string
  readonly body: unknown
}

function requestOf(url: string, init: RequestInit): PhoneRequest {
  const input = new Headers(init.headers).get('signature-input') ?? ''
  const bytes = init.body instanceof Uint8Array ? init.body : new Uint8Array()
  return {
    path: new URL(url).pathname,
    keyId: /;keyid="([^"]*)"/.exec(input)?.[1] ?? '',
    nonce: /;nonce="([^"]*)"/.exec(input)?.[1] ?? '',
    body: bytes.length === 0 ? null : JSON.parse(new TextDecoder().decode(bytes)),
  }
}

const problemOf = (refusal: Refusal): Problem => ({
  type: `urn:countersign:error:${refusal.code}`,
  title: refusal.code,
  status: refusal.status,
  code: refusal.code,
  ...refusal.extra,
})

async function listPending(world: SimulatedWorld, device: Parameters<typeof readPendingApprovals>[1]) {
  const { changesAt: _, ...pending } = await readPendingApprovals(world.context, device)
  return pending satisfies PendingApprovals
}

/** What the server answers, and what it does for that. */
async function handle(world: SimulatedWorld, request: PhoneRequest): Promise<object> {
  const { context, clock } = world
  const seconds = Math.floor(clock.now() / 1000)
  const nonceIsGood = checkNonce(context.keys.nonceKey, request.keyId, request.nonce, seconds) === 'good'
  if (!nonceIsGood) throw new Refusal('nonce_required')
  const device = await context.db.read((query) => deviceByThumbprint(query, request.keyId))
  if (device === null) throw new Refusal('device_unknown')
  const signed = { thumbprint: request.keyId, key: device.signJwk, nonce: request.nonce, appVersion: '0.1.0' }
  const [, what, id = ''] = /^\/v1\/device(?:\/(approvals|renewals)(?:\/([^/]+)\/\w+)?)?$/.exec(request.path) ?? []
  if (what === undefined) return readDevice(world, device)
  if (what === 'renewals') return renew(world, { signed, device }, id, request)
  if (id === '') return listPending(world, device.id)
  return decide(world, ApprovalId.parse(id), request, (approval, body) =>
    answerApproval(context, signed, device, approval, body),
  )
}

type Sender = Parameters<typeof startRenewal>[1]

async function readDevice({ context }: SimulatedWorld, device: Sender['device']): Promise<object> {
  const account = await context.db.read((query) => accountById(query, device.account))
  if (account === null) throw new Refusal('device_unknown')
  return deviceAnswerOf(device, account)
}

/** Begins a renewal, or has it activated and compares what is answered with what is written. */
async function renew(world: SimulatedWorld, sender: Sender, id: string, { body }: PhoneRequest): Promise<object> {
  if (id === '') return startRenewal(world.context, sender, StartRenewalBody.parse(body))
  const activated = ActivateRenewalBody.parse(body)
  const answer = await activateRenewal(world.context, sender, RenewalId.parse(id), activated)
  const inForce = await world.copyInForce(answer.device)
  world.demand(answer.renewal === inForce, 'a phone was told of another secret than the one in force')
  return answer
}

type Apply = (id: ApprovalId, body: DecisionBody) => Promise<DecisionAnswer>

/** Has a decision applied, and compares what is answered with what is written. */
async function decide(world: SimulatedWorld, id: ApprovalId, request: PhoneRequest, apply: Apply): Promise<object> {
  const body = DecisionBody.parse(request.body)
  const { decision } = payloadOf(body.decision)
  const before = await stateOf(world, id)
  world.decisionsUnderWay.push(id)
  try {
    const answer = await apply(id, body)
    const after = await stateOf(world, id)
    world.demand(answer.state === after, `a phone was told ${answer.state}, and the approval is ${after}`)
    if (before === answer.state) world.happened('an answer was repeated and told from the record')
    return answer
  } finally {
    world.decisionsUnderWay.splice(world.decisionsUnderWay.indexOf(id), 1)
    noteTick(world, id, decision)
  }
}

const stateOf = (world: SimulatedWorld, id: ApprovalId) =>
  world.database.read(async (query) => {
    const row = await query.selectFrom('approvals').select('state').where('id', '=', id).executeTakeFirst()
    return row?.state
  })

function noteTick(world: SimulatedWorld, id: ApprovalId, decision: string): void {
  const tick = `${id} ${world.clock.now()}`
  const decisions = world.decisionsByTick.get(tick) ?? new Set()
  world.decisionsByTick.set(tick, decisions.add(decision))
  if (decisions.size === 2) world.happened('approve and decline came in the same tick')
}

async function serve(world: SimulatedWorld, request: PhoneRequest): Promise<Response> {
  const random = world.scheduler.random.bytes(8)
  let answer: object
  let status = 200
  try {
    answer = await handle(world, request)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    answer = problemOf(error)
    status = error.status
  }
  const now = world.clock.now()
  const nonce = createNonce(world.context.keys.nonceKey, request.keyId, Math.floor(now / 1000), random)
  return Response.json(answer, { status, headers: { [headerNames.nonce]: nonce, [headerNames.time]: `${now}` } })
}

/** The same message once more, some time later. Nobody hears the answer. */
function repeatLater(world: SimulatedWorld, name: string, request: PhoneRequest): void {
  const seed = Math.floor(world.scheduler.random.fraction() * 2 ** 32)
  world.scheduler.begin(`a repeated message of ${name}`, seed, async () => {
    try {
      const response = await serve(world, request)
      const text = await response.text()
      world.say(`a repeated message of ${name}: ${response.status}`)
      if (text.includes('nonce_used')) world.happened('a repeated message was refused for its nonce')
    } catch (error) {
      if (!(error instanceof ServerStopped)) throw error
    }
  })
}

/** The `fetch` of a phone: messages wait on the way, in both directions, and some are lost or come twice. */
export function channelOf(world: SimulatedWorld, name: string): Fetch {
  const isLost = () => world.faults && world.scheduler.random.chance(world.history.character.loss / 2)
  return async (url, init) => {
    const request = requestOf(url, init)
    await world.scheduler.point('network')
    if (isLost()) throw new TypeError('The request was lost.')
    if (world.faults && world.scheduler.random.chance(world.history.character.loss)) repeatLater(world, name, request)
    const response = await serve(world, request)
    await world.scheduler.point('network')
    if (isLost()) throw new TypeError('The answer was lost.')
    return response
  }
}
