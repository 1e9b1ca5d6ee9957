import { codeKeyOf, verifyTypedResponse } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import { enrolCredential, lockUnderCredential } from './biometrics.ts'
import { createBiometrics } from './biometrics-for-tests.ts'
import { openDevice } from './linked-device.ts'
import { isChallenge } from './offline-response.ts'
import { cheapHash, createStoredDevice, passcode, serverStart, unlockSecret } from './server-for-tests.ts'
import type { StoredDevice } from './stored-device.ts'

const { stored } = await createStoredDevice()
const challenge = '48213907'
const hour = 3_600_000

const openAt = (now: number, clockOffset = 0) =>
  openDevice(
    { ...stored, clockOffset },
    {
      appVersion: '1.0.0',
      passcodeHash: cheapHash,
      now: () => now,
      fetch: () => Promise.reject(new Error('There is no network.')),
    },
  )

const isRight = (response: string, now = serverStart) =>
  verifyTypedResponse(codeKeyOf(unlockSecret), challenge, response, { issued: now, now })

describe('the response to a code on a page', () => {
  test('is right for the server, without any network', async () => {
    const { response, ends } = await openAt(serverStart).responseFor(challenge, passcode)
    expect(response).toMatch(/^\d{8}$/)
    expect(isRight(response)).toBe(true)
    expect(ends).toBe(serverStart + 90_000)
  })

  test('is made with a wrong passcode too, and is wrong', async () => {
    const { response } = await openAt(serverStart).responseFor(challenge, '000001')
    expect(response).toMatch(/^\d{8}$/)
    expect(isRight(response)).toBe(false)
  })

  test('is right on a phone whose clock is wrong, once the offset was learned', async () => {
    const wrong = await openAt(serverStart + hour).responseFor(challenge, passcode)
    expect(isRight(wrong.response)).toBe(false)
    const corrected = await openAt(serverStart + hour, -hour).responseFor(challenge, passcode)
    expect(isRight(corrected.response)).toBe(true)
  })

  test('is not made for what no page shows', async () => {
    for (const text of ['1234567', '123456789', '09999999', '1234567a', '']) {
      expect(isChallenge(text)).toBe(false)
      await expect(openAt(serverStart).responseFor(text, passcode)).rejects.toThrow(TypeError)
    }
    expect(isChallenge('10000000')).toBe(true)
    expect(isChallenge('99999999')).toBe(true)
  })
})

describe('by fingerprint or face', () => {
  const biometrics = createBiometrics()
  const open = async (changes: Partial<StoredDevice> = {}) => {
    const credential = await enrolCredential(biometrics, new Uint8Array(32), 'anna@strand.example')
    const biometricLock = await lockUnderCredential(unlockSecret, credential)
    return openDevice(
      { ...stored, biometricLock, ...changes },
      {
        appVersion: '1.0.0',
        passcodeHash: cheapHash,
        biometrics,
        now: () => serverStart,
        fetch: () => Promise.reject(new Error('There is no network.')),
      },
    )
  }

  test('it is right for the server, without passcode and network', async () => {
    const { response, ends } = await (await open()).unlockResponse(challenge)
    expect(isRight(response)).toBe(true)
    expect(ends).toBe(serverStart + 90_000)
  })

  test('what the authenticator signs for it is worth nothing twice', async () => {
    const device = await open()
    await device.unlockResponse(challenge)
    await device.unlockResponse(challenge)
    const [one, other] = biometrics.asked.slice(-2)
    expect(one?.challenge).not.toBe(other?.challenge)
  })

  test('a person who does not confirm gets none', async () => {
    const device = await open()
    biometrics.confirms = 'cancelled'
    await expect(device.unlockResponse(challenge)).rejects.toMatchObject({ reason: 'cancelled' })
    biometrics.confirms = 'yes'
  })

  test('a phone without it says so', async () => {
    const device = await open({ biometricLock: null })
    await expect(device.unlockResponse(challenge)).rejects.toMatchObject({ reason: 'unavailable' })
  })
})
