import {
  canonicalBytes,
  DeviceAnswer,
  fromBase64url,
  generateSigningKey,
  LinkingKeysBody,
  LinkTranscript,
  linkType,
  parseCanonical,
  sha256,
  thumbprintOf,
  toBase64url,
} from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import { BiometricsFailed, openBiometricLock } from './biometrics.ts'
import { challengeIn, createBiometrics } from './biometrics-for-tests.ts'
import { NetworkFailed, ServerNotTrusted } from './failures.ts'
import { startLinking } from './linking.ts'
import {
  account,
  atPasscode,
  choices,
  createLinkingServer,
  device,
  deviceAnswer,
  documentJwk,
  documentKey,
  linking,
  options,
} from './linking-server-for-tests.ts'
import { openLock } from './passcode-lock.ts'
import { cheapHash, createStorage, issuer, passcode, serverStart, signedBy } from './server-for-tests.ts'
import { type Keep, settle } from './stored-device.ts'

describe('linking', () => {
  test('ends with a device whose lock opens to the secret that the server has', async () => {
    const { fetch, secret } = await createLinkingServer()
    const started = await startLinking({ ...options, fetch })
    expect(started.phoneNumber).toBe('+46 •• ••• •• 05')
    expect(started.expires()).toBe(serverStart + 300_000)
    await started.resend()
    expect(started.expires()).toBe(serverStart + 360_000)
    await started.submitCode('123456')
    const stored = await started.finish(choices)
    expect(stored).toMatchObject({
      issuer,
      device,
      account: { id: account, email: 'anna@strand.example', name: 'Anna Lind' },
      name: 'Annas telefon',
      documentKeys: [documentJwk],
      linkedAt: serverStart,
    })
    expect(await openLock(stored.lock, passcode, cheapHash)).toEqual(secret())
    expect(thumbprintOf(stored.publicJwk)).toBe(stored.thumbprint)
  })

  test('keeps keys that cannot be exported, and nothing that is computed from the secret', async () => {
    const { fetch } = await createLinkingServer()
    const started = await startLinking({ ...options, fetch })
    await started.submitCode('123456')
    const stored = structuredClone(await started.finish(choices))
    expect(stored.keyPair.privateKey.extractable).toBe(false)
    expect(stored.lock.sealKey.extractable).toBe(false)
    expect(Object.keys(stored).toSorted()).toEqual(
      ['account', 'biometricLock', 'clockOffset', 'device', 'documentKeys', 'issuer', 'keyPair', 'linkedAt'].concat([
        'lock',
        'name',
        'pending',
        'publicJwk',
        'renewal',
        'thumbprint',
        'unfinished',
      ]),
    )
  })

  test('signs the transcript of exactly this linking', async () => {
    let seen: LinkTranscript | null = null
    const { fetch } = await createLinkingServer({
      signsTranscript: (transcript) => {
        seen = transcript
        return signedBy(documentKey, transcript, linkType)
      },
    })
    const started = await startLinking({ ...options, fetch })
    await started.submitCode('123456')
    const { publicJwk } = await started.finish(choices)
    expect(seen).toMatchObject({
      iss: issuer,
      link: linking,
      device,
      account,
      sign_jwk: publicJwk,
      device_name: 'Annas telefon',
      platform: 'web',
      app_version: '1.0.0',
      protocol: 1,
    })
  })
})

describe('a server is not believed', () => {
  test.each([
    [
      'that signs another transcript',
      (transcript: LinkTranscript) =>
        signedBy(documentKey, { ...transcript, account: `acc_${'x'.repeat(22)}` }, linkType),
    ],
    ['that signs for another purpose', (transcript: LinkTranscript) => signedBy(documentKey, transcript)],
    [
      'that signs by a key which it has not named',
      async (transcript: LinkTranscript) =>
        signedBy(await generateSigningKey({ extractable: false }), transcript, linkType),
    ],
  ])('%s', async (_, signsTranscript) => {
    const { fetch, received } = await createLinkingServer({ signsTranscript })
    const started = await startLinking({ ...options, fetch })
    await started.submitCode('123456')
    await expect(started.finish(choices)).rejects.toThrow(ServerNotTrusted)
    expect(received.some(({ path }) => path.endsWith('/activate'))).toBe(false)
  })
})

describe('with fingerprint or face', () => {
  test('a second copy opens to the same secret, and the server gets the registration', async () => {
    const double = await createLinkingServer()
    const started = await atPasscode(double)
    await started.agree()
    const biometrics = createBiometrics()
    const credential = await started.enrol(biometrics)
    const stored = await started.finish({ ...choices, credential })
    if (stored.biometricLock === null) throw new Error('There is no second copy.')
    const { secret } = await openBiometricLock(biometrics, stored.biometricLock, new Uint8Array(32))
    expect(secret).toEqual(double.secret())
    expect(await openLock(stored.lock, passcode, cheapHash)).toEqual(double.secret())
    expect(double.active()).toEqual({
      credential: stored.biometricLock.credential,
      registration: credential.registration,
    })
  })

  test('its credential is bound to what both sides agreed on', async () => {
    let agreed: LinkTranscript | null = null
    const double = await createLinkingServer({
      signsTranscript: (transcript) => {
        agreed = transcript
        return signedBy(documentKey, transcript, linkType)
      },
    })
    const started = await atPasscode(double)
    await started.agree()
    const { registration } = await started.enrol(createBiometrics())
    expect(challengeIn(registration?.client_data ?? '')).toBe(toBase64url(sha256(canonicalBytes(agreed))))
  })

  test('cancelled, linking goes on with the passcode alone', async () => {
    const double = await createLinkingServer()
    const started = await atPasscode(double)
    await started.agree()
    const biometrics = createBiometrics()
    biometrics.confirms = 'cancelled'
    await expect(started.enrol(biometrics)).rejects.toMatchObject({ reason: 'cancelled' })
    await expect(started.enrol(biometrics)).rejects.toThrow(BiometricsFailed)
    const stored = await started.finish(choices)
    expect(stored.biometricLock).toBeNull()
  })

  test('is asked only once there is something to be bound to', async () => {
    const started = await atPasscode(await createLinkingServer())
    await expect(started.enrol(createBiometrics())).rejects.toThrow(TypeError)
  })

  test('abuse-32: what is kept opens with no PRF output but the right one', async () => {
    const started = await atPasscode(await createLinkingServer())
    await started.agree()
    const biometrics = createBiometrics()
    const stored = structuredClone(await started.finish({ ...choices, credential: await started.enrol(biometrics) }))
    if (stored.biometricLock === null) throw new Error('There is no second copy.')
    expect(Object.keys(stored.biometricLock).toSorted()).toEqual(['credential', 'iv', 'kind', 'salt', 'sealed'])
    expect(stored.biometricLock.sealed).toHaveLength(32 + 16)
    biometrics.forget()
    const opened = openBiometricLock(biometrics, stored.biometricLock, new Uint8Array(32))
    await expect(opened).rejects.toMatchObject({ reason: 'unavailable' })
  })
})

describe('a phone that the server has always has its keys', () => {
  test('they are kept, marked as unfinished, before the server activates the device', async () => {
    const double = await createLinkingServer()
    const { keep, kept } = createStorage()
    const activeWhenKept: boolean[] = []
    const started = await atPasscode(double)
    const stored = await started.finish({
      ...choices,
      keep: (each) => {
        activeWhenKept.push(double.active() !== null)
        return keep(each)
      },
    })
    expect(kept.map(({ unfinished }) => unfinished)).toEqual([true, false])
    expect(activeWhenKept).toEqual([false, true])
    expect(kept[1]).toEqual(stored)
  })

  test('storage that takes nothing: nothing is activated, and finishing again does', async () => {
    const double = await createLinkingServer()
    const started = await atPasscode(double)
    const full = async () => {
      throw new Error('The disk is full.')
    }
    await expect(started.finish({ ...choices, keep: full })).rejects.toThrow('The disk is full.')
    expect(double.active()).toBeNull()
    await started.finish(choices)
    expect(double.active()).not.toBeNull()
  })

  test('the proof is made from what was read back: a copy that the storage damaged activates nothing', async () => {
    const double = await createLinkingServer()
    const started = await atPasscode(double)
    const damage: Keep = async (stored) => {
      const salt = stored.lock.salt.with(0, (stored.lock.salt[0] ?? 0) ^ 1)
      return { ...stored, lock: { ...stored.lock, salt } }
    }
    await expect(started.finish({ ...choices, keep: damage })).rejects.toMatchObject({ code: 'unlock_failed' })
    expect(double.active()).toBeNull()
  })

  test('a crash after the activation: what was kept is settled by what the server says', async () => {
    const double = await createLinkingServer()
    const { keep, kept } = createStorage()
    const started = await atPasscode(double)
    double.loseAnswerTo('activate')
    await expect(started.finish({ ...choices, keep })).rejects.toThrow(NetworkFailed)
    const [unfinished] = kept
    if (unfinished === undefined) throw new Error('Nothing was kept.')
    expect(unfinished).toMatchObject({ unfinished: true, name: 'Annas telefon', account: { name: '' } })
    const settled = settle(unfinished, DeviceAnswer.parse(deviceAnswer('Annas telefon')), serverStart)
    expect(settled).toEqual({
      ...unfinished,
      unfinished: false,
      account: { id: account, email: 'anna@strand.example', name: 'Anna Lind' },
    })
    expect(await openLock(settled.lock, passcode, cheapHash)).toEqual(double.secret())
  })

  test('storage that fails after the activation leaves what the next start settles', async () => {
    const double = await createLinkingServer()
    const { keep, kept } = createStorage()
    const started = await atPasscode(double)
    const once: Keep = (stored) => {
      if (kept.length > 0) throw new Error('The disk is full.')
      return keep(stored)
    }
    expect(await started.finish({ ...choices, keep: once })).toMatchObject({ unfinished: false })
    expect(kept.map(({ unfinished }) => unfinished)).toEqual([true])
  })
})

describe('an answer that got lost', () => {
  test.each(['keys', 'activate'])('to /%s: finishing again goes on from there', async (step) => {
    const { fetch, loseAnswerTo, secret } = await createLinkingServer()
    const started = await startLinking({ ...options, fetch })
    await started.submitCode('123456')
    loseAnswerTo(step)
    await expect(started.finish(choices)).rejects.toThrow(NetworkFailed)
    const stored = await started.finish(choices)
    expect(await openLock(stored.lock, passcode, cheapHash)).toEqual(secret())
  })

  test('and another passcode the second time: that one opens the lock', async () => {
    const { fetch, loseAnswerTo, secret } = await createLinkingServer()
    const started = await startLinking({ ...options, fetch })
    await started.submitCode('123456')
    loseAnswerTo('activate')
    await expect(started.finish(choices)).rejects.toThrow(NetworkFailed)
    const stored = await started.finish({ ...choices, passcode: '593024' })
    expect(await openLock(stored.lock, '593024', cheapHash)).toEqual(secret())
  })
})

test('a passcode cannot be chosen before the code was right', async () => {
  const { fetch } = await createLinkingServer()
  const started = await startLinking({ ...options, fetch })
  await expect(started.finish(choices)).rejects.toThrow(TypeError)
})

test('every step says the same bytes to the server when it is repeated', async () => {
  const { fetch, loseAnswerTo, received } = await createLinkingServer()
  const started = await startLinking({ ...options, fetch })
  await started.submitCode('123456')
  loseAnswerTo('keys')
  await expect(started.finish(choices)).rejects.toThrow(NetworkFailed)
  await started.finish(choices)
  const sent = received
    .filter(({ path, signed }) => signed && path.endsWith('/keys'))
    .map(({ body }) => LinkingKeysBody.parse(body))
  const payloads = sent.map(({ transcript }) => transcript.split('.')[1])
  expect(sent).toHaveLength(2)
  expect(payloads[0]).toBe(payloads[1])
  expect(fromBase64url(payloads[0] ?? '')).toEqual(
    canonicalBytes(parseCanonical(LinkTranscript, fromBase64url(payloads[1] ?? ''))),
  )
})
