import {
  canonicalBytes,
  DecisionBody,
  decisionType,
  digestOf,
  fromBase64url,
  importVerifyKey,
  proofKeyOf,
  sha256,
  toBase64url,
  verifyJws,
  verifyProof,
} from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import type { ShownApproval } from './approvals.ts'
import { enrolCredential, lockUnderCredential } from './biometrics.ts'
import { challengeIn, createBiometrics } from './biometrics-for-tests.ts'
import { NetworkFailed } from './failures.ts'
import { openDevice } from './linked-device.ts'
import {
  approvalId,
  cheapHash,
  createServer,
  createStoredDevice,
  documentWith,
  issuer,
  json,
  passcode,
  problem,
  type ReceivedRequest,
  serverStart,
  unlockSecret,
} from './server-for-tests.ts'
import type { StoredDevice } from './stored-device.ts'

const { stored } = await createStoredDevice()
const document = documentWith({ round: 2 })
const shown: ShownApproval = { approval: approvalId, document, digest: digestOf(document), numbers: null }

function openWith(answer: (request: ReceivedRequest) => Response) {
  const { fetch, received } = createServer({ answer, publicJwk: () => stored.publicJwk })
  const device = openDevice(stored, { appVersion: '1.0.0', passcodeHash: cheapHash, fetch, now: () => serverStart })
  return { device, received }
}

const decided = (state: 'approved' | 'declined') => () => json({ approval: approvalId, state })

async function openDecision(request: ReceivedRequest | undefined) {
  const body = DecisionBody.parse(request?.body)
  const keys = new Map([[stored.thumbprint, await importVerifyKey(stored.publicJwk)]])
  const verified = await verifyJws(body.decision, { type: decisionType, keys })
  if (verified === null) throw new Error('The decision is not signed by the device.')
  return { payload: verified.payload, proof: body.proof }
}

const payloadWith = (answer: object) =>
  canonicalBytes({
    v: 1,
    aud: issuer,
    approval: approvalId,
    round: 2,
    device: stored.device,
    digest: toBase64url(shown.digest),
    binding: 'plain',
    binding_value: null,
    ...answer,
  })

describe('approving', () => {
  test('signs exactly what was shown, and proves the passcode beside it', async () => {
    const { device, received } = openWith(decided('approved'))
    expect(await device.approve(shown, passcode)).toEqual({ outcome: 'decided', state: 'approved' })
    expect(received.at(-1)?.path).toBe(`/v1/device/approvals/${approvalId}/decision`)
    const { payload, proof } = await openDecision(received.at(-1))
    expect(payload).toEqual(payloadWith({ decision: 'approve' }))
    expect(verifyProof(proofKeyOf(unlockSecret), 'decision', payload, fromBase64url(proof ?? ''))).toBe(true)
  })

  test('with a wrong passcode gives a wrong proof, which only the server can tell', async () => {
    const { device, received } = openWith(() => problem('unlock_failed', { tries_left: 4 }))
    expect(await device.approve(shown, '000001')).toEqual({ outcome: 'unlock_failed', triesLeft: 4 })
    const { payload, proof } = await openDecision(received.at(-1))
    expect(verifyProof(proofKeyOf(unlockSecret), 'decision', payload, fromBase64url(proof ?? ''))).toBe(false)
  })

  test('repeated after an answer got lost has the same payload, byte for byte', async () => {
    let lost = true
    const { device, received } = openWith(() => {
      if (!lost) return json({ approval: approvalId, state: 'approved' })
      lost = false
      throw new TypeError('fetch failed')
    })
    await expect(device.approve(shown, passcode)).rejects.toThrow(NetworkFailed)
    expect(await device.approve(shown, passcode)).toEqual({ outcome: 'decided', state: 'approved' })
    const [first, second] = await Promise.all(received.map(openDecision))
    expect(second).toEqual(first)
  })

  test.each([
    [problem('device_blocked'), { outcome: 'blocked' }],
    [problem('unlock_failed', { tries_left: 0 }), { outcome: 'blocked' }],
    [problem('approval_expired'), { outcome: 'ended', code: 'approval_expired' }],
    [problem('approval_not_pending'), { outcome: 'ended', code: 'approval_not_pending' }],
    [problem('digest_mismatch'), { outcome: 'ended', code: 'digest_mismatch' }],
    [problem('decision_conflict'), { outcome: 'ended', code: 'decision_conflict' }],
    [problem('not_found'), { outcome: 'ended', code: 'not_found' }],
  ])('tells how else it can end', async (answer, outcome) => {
    const { device } = openWith(() => answer)
    expect(await device.approve(shown, passcode)).toEqual(outcome)
  })

  test('does not hide that the device was removed', async () => {
    const { device } = openWith(() => problem('device_unknown'))
    await expect(device.approve(shown, passcode)).rejects.toMatchObject({ code: 'device_unknown' })
  })
})

describe('approving by fingerprint or face', () => {
  const biometrics = createBiometrics()

  async function openWithBiometrics(
    answer: (request: ReceivedRequest) => Response,
    changes: Partial<StoredDevice> = {},
  ) {
    const credential = await enrolCredential(biometrics, new Uint8Array(32), 'anna@strand.example')
    const biometricLock = await lockUnderCredential(unlockSecret, credential)
    const { fetch, received } = createServer({ answer, publicJwk: () => stored.publicJwk })
    const options = { appVersion: '1.0.0', passcodeHash: cheapHash, biometrics, fetch, now: () => serverStart }
    return { device: openDevice({ ...stored, biometricLock, ...changes }, options), received }
  }

  test('signs exactly what was shown, says how, and proves the secret beside it', async () => {
    const { device, received } = await openWithBiometrics(decided('approved'))
    const unlocked = await device.unlockApproval(shown)
    expect(received).toEqual([])
    expect(await device.approveUnlocked(unlocked)).toEqual({ outcome: 'decided', state: 'approved' })
    const { payload, proof } = await openDecision(received.at(-1))
    expect(payload).toEqual(payloadWith({ decision: 'approve', unlock: 'fpt' }))
    expect(verifyProof(proofKeyOf(unlockSecret), 'decision', payload, fromBase64url(proof ?? ''))).toBe(true)
  })

  test('the authenticator signs the payload itself, with the number that was picked', async () => {
    const { device, received } = await openWithBiometrics(decided('approved'))
    await device.approveUnlocked(await device.unlockApproval(shown, '47'))
    const { payload } = await openDecision(received.at(-1))
    expect(payload).toEqual(payloadWith({ decision: 'approve', binding_value: '47', unlock: 'fpt' }))
    const { assertion } = DecisionBody.parse(received.at(-1)?.body)
    expect(challengeIn(assertion?.client_data ?? '')).toBe(toBase64url(sha256(payload)))
  })

  test('repeated after an answer got lost goes out as it was, without asking the person again', async () => {
    let lost = true
    const { device, received } = await openWithBiometrics(() => {
      if (!lost) return json({ approval: approvalId, state: 'approved' })
      lost = false
      throw new TypeError('fetch failed')
    })
    const unlocked = await device.unlockApproval(shown)
    const asked = biometrics.asked.length
    await expect(device.approveUnlocked(unlocked)).rejects.toThrow(NetworkFailed)
    expect(await device.approveUnlocked(unlocked)).toEqual({ outcome: 'decided', state: 'approved' })
    const [first, second] = await Promise.all(received.map(openDecision))
    expect(second).toEqual(first)
    expect(biometrics.asked).toHaveLength(asked)
  })

  test.each(['cancelled', 'unavailable'] as const)('%s: nothing is sent, and the passcode works', async (reason) => {
    const { device, received } = await openWithBiometrics(decided('approved'))
    biometrics.confirms = reason
    await expect(device.unlockApproval(shown)).rejects.toMatchObject({ reason })
    biometrics.confirms = 'yes'
    expect(received).toEqual([])
    expect(await device.approve(shown, passcode)).toEqual({ outcome: 'decided', state: 'approved' })
    expect((await openDecision(received.at(-1))).payload).toEqual(payloadWith({ decision: 'approve' }))
    expect(DecisionBody.parse(received.at(-1)?.body).assertion).toBeUndefined()
  })

  test('a phone without it says so', async () => {
    const { device } = await openWithBiometrics(decided('approved'), { biometricLock: null })
    await expect(device.unlockApproval(shown)).rejects.toMatchObject({ reason: 'unavailable' })
  })
})

describe('declining', () => {
  test('needs no passcode and no proof', async () => {
    const { device, received } = openWith(decided('declined'))
    expect(await device.decline(shown)).toEqual({ outcome: 'decided', state: 'declined' })
    const { payload, proof } = await openDecision(received.at(-1))
    expect(payload).toEqual(payloadWith({ decision: 'decline' }))
    expect(proof).toBeUndefined()
  })

  test('carries the reason where one is given', async () => {
    const { device, received } = openWith(decided('declined'))
    await device.decline(shown, 'not-me')
    expect((await openDecision(received.at(-1))).payload).toEqual(
      payloadWith({ decision: 'decline', reason: 'not-me' }),
    )
  })
})
