/**
 * The ceiling of HTTP: a bare Fastify with the same requests, answers of the same sizes, event streams for the pages, and
 * as many ES256 verifications in the thread pool over as many bytes. No database, no document, no checks.
 */

import { freePort } from '@countersign/testkit'
import type { FastifyReply } from 'fastify'
import { fastify } from 'fastify'
import type { PreparedPhone } from '../measure/prepare-phones.ts'
import { answerQuestions, cpuMilliseconds } from '../measure/process.ts'
import type { FromServer, SampleAnswers, ToBareServer } from './messages.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** Something that verifies a signature over so many bytes, in the thread pool. */
async function createVerification(length: number): Promise<() => Promise<void>> {
  const data = crypto.getRandomValues(new Uint8Array(length))
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  const signature = await crypto.subtle.sign(algorithm, privateKey, data)
  return async () => {
    const right = await crypto.subtle.verify(algorithm, publicKey, signature, data)
    if (!right) throw new Error('A right signature did not verify.')
  }
}

/** Bytes under the signature of a request, and under that of a decision. */
const signedLengths = { request: 420, decision: 640 }

let lastApproval = 0
const nextApproval = () => `apr_${String(++lastApproval).padStart(22, '0')}`

const keyIdForm = /;keyid="([^"]+)"/

async function start(samples: SampleAnswers, phones: readonly PreparedPhone[]): Promise<FromServer> {
  const app = fastify({ logger: false })
  const verifyRequest = await createVerification(signedLengths.request)
  const verifyDecision = await createVerification(signedLengths.decision)
  const pages = new Map<string, FastifyReply>()
  const deviceOf = new Map(phones.map(({ thumbprint, device }) => [thumbprint, device]))
  const approvalOf = new Map<string, string>()
  const listed = JSON.parse(samples.listed)
  const [first] = listed.approvals

  app.post<{ Body: { device: string } }>('/approvals', async (request) => {
    const approval = nextApproval()
    approvalOf.set(request.body.device, approval)
    return { approval }
  })
  app.get<{ Params: { approval: string } }>('/approvals/:approval/events', async (request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    reply.raw.write(`event: approval\ndata: ${samples.waiting}\n\n`)
    pages.set(request.params.approval, reply)
  })
  app.get('/v1/device/approvals', async (request) => {
    await verifyRequest()
    const keyId = keyIdForm.exec(String(request.headers['signature-input']))?.[1] ?? ''
    return { ...listed, approvals: [{ ...first, approval: approvalOf.get(deviceOf.get(keyId) ?? '') }] }
  })
  app.post<{ Params: { approval: string } }>('/v1/device/approvals/:approval/decision', async (request) => {
    await verifyRequest()
    await verifyDecision()
    const { approval } = request.params
    pages.get(approval)?.raw.write(`event: approval\ndata: ${samples.told}\n\n`)
    pages.delete(approval)
    return { approval, state: 'approved' }
  })
  app.post('/approvals/:approval/redemption', async () => JSON.parse(samples.redeemed))

  const port = await freePort()
  await app.listen({ host: '127.0.0.1', port })
  return { kind: 'started', place: { issuer: `http://localhost:${port}`, port, applicationPort: port }, phones: [] }
}

answerQuestions<ToBareServer, FromServer>(async (question) =>
  question.kind === 'start'
    ? start(question.samples, question.phones)
    : { kind: 'usage', milliseconds: cpuMilliseconds() },
)
