/** A new unlock secret, every way it can go: protocol section 4, renewal. */
import { RenewalId } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import { openBiometricLock } from './biometrics.ts'
import { createBiometrics } from './biometrics-for-tests.ts'
import { NetworkFailed, RequestRefused, ServerNotTrusted } from './failures.ts'
import { openLock } from './passcode-lock.ts'
import { type Renewal, startRenewal } from './renewal.ts'
import {
  createRenewingServer,
  expires,
  linked,
  options,
  type RenewingServer,
  type RenewingServerOptions,
} from './renewing-server-for-tests.ts'
import { cheapHash, createStorage, passcode, serverStart, unlockSecret } from './server-for-tests.ts'
import { type Keep, type StoredDevice, settle } from './stored-device.ts'

const other = '593024'

async function begin(server: RenewingServer, stored: StoredDevice = linked): Promise<Renewal> {
  const begun = await startRenewal(stored, { ...options, fetch: server.fetch }, passcode)
  if (begun.outcome !== 'started') throw new Error(begun.outcome)
  return begun.renewal
}

/** A phone that has fingerprint, its authenticator, and a server that knows its credential. */
async function withBiometrics() {
  const server = createRenewingServer()
  const biometrics = createBiometrics()
  const renewal = await begin(server)
  const { keep } = createStorage()
  const stored = await renewal.finish({ passcode, credential: await renewal.enrol(biometrics), keep })
  return { server, biometrics, stored }
}

async function secretsOf(stored: StoredDevice, code: string, biometrics = createBiometrics()) {
  const { biometricLock } = stored
  const opened = biometricLock === null ? null : openBiometricLock(biometrics, biometricLock, new Uint8Array(32))
  return { byPasscode: await openLock(stored.lock, code, cheapHash), byBiometrics: (await opened)?.secret ?? null }
}

describe('another passcode', () => {
  test('opens a new secret, which is in force; the old passcode opens nothing of it', async () => {
    const server = createRenewingServer()
    const { keep, kept } = createStorage()
    const stored = await (await begin(server)).finish({ passcode: other, credential: null, keep })
    expect(server.secrets.inForce).not.toEqual(unlockSecret)
    expect(await openLock(stored.lock, other, cheapHash)).toEqual(server.secrets.inForce)
    expect(await openLock(stored.lock, passcode, cheapHash)).not.toEqual(server.secrets.inForce)
    expect(stored).toMatchObject({ renewal: server.secrets.renewal, pending: null, biometricLock: null })
    expect(kept.map(({ pending }) => pending?.renewal ?? null)).toEqual([stored.renewal, null])
  })

  test('the new copies lie beside the old ones until the server has said so', async () => {
    const server = createRenewingServer()
    const { keep, kept } = createStorage()
    await (await begin(server)).finish({ passcode: other, credential: null, keep })
    const [first] = kept
    expect(await openLock(first?.lock ?? linked.lock, passcode, cheapHash)).toEqual(unlockSecret)
    expect(first?.renewal).toBeNull()
    expect(first?.pending?.expires).toBe(expires)
  })

  test('with fingerprint: the same credential opens the new secret too', async () => {
    const { server, biometrics, stored } = await withBiometrics()
    const renewal = await begin(server, stored)
    const credential = await renewal.reopen(biometrics)
    const renewed = await renewal.finish({ passcode: other, credential, keep: createStorage().keep })
    expect(renewed.biometricLock?.credential).toBe(stored.biometricLock?.credential)
    expect(renewed.biometricLock?.salt).not.toEqual(stored.biometricLock?.salt)
    const opened = await secretsOf(renewed, other, biometrics)
    expect(opened).toEqual({ byPasscode: server.secrets.inForce, byBiometrics: server.secrets.inForce })
    expect(server.secrets.credential).toBe(stored.biometricLock?.credential)
  })

  test('with fingerprint that the person does not confirm: it can be given up, and is off then', async () => {
    const { server, biometrics, stored } = await withBiometrics()
    const renewal = await begin(server, stored)
    biometrics.confirms = 'cancelled'
    await expect(renewal.reopen(biometrics)).rejects.toMatchObject({ reason: 'cancelled' })
    const renewed = await renewal.finish({ passcode: other, credential: null, keep: createStorage().keep })
    expect(renewed.biometricLock).toBeNull()
    expect(server.secrets.credential).toBeNull()
  })

  test('keys stay as they were made: exportable at a command line, and never in a browser', async () => {
    const server = createRenewingServer()
    const renewed = await (await begin(server)).finish({
      passcode: other,
      credential: null,
      keep: createStorage().keep,
    })
    expect(renewed.lock.sealKey.extractable).toBe(linked.lock.sealKey.extractable)
  })
})

describe('fingerprint or face', () => {
  test('is added: a second copy, under a credential that is bound to this renewal', async () => {
    const { server, biometrics, stored } = await withBiometrics()
    const opened = await secretsOf(stored, passcode, biometrics)
    expect(opened).toEqual({ byPasscode: server.secrets.inForce, byBiometrics: server.secrets.inForce })
    expect(server.secrets.credential).toBe(stored.biometricLock?.credential)
  })

  test('is removed: the passcode is the only way, and the old copy opens nothing that is in force', async () => {
    const { server, biometrics, stored } = await withBiometrics()
    const before = (await secretsOf(stored, passcode, biometrics)).byBiometrics
    const renewal = await begin(server, stored)
    const renewed = await renewal.finish({ passcode, credential: null, keep: createStorage().keep })
    expect(renewed.biometricLock).toBeNull()
    expect(server.secrets).toMatchObject({ credential: null, renewal: renewed.renewal })
    expect(server.secrets.inForce).not.toEqual(before)
    expect(await openLock(renewed.lock, passcode, cheapHash)).toEqual(server.secrets.inForce)
  })

  test('that the phone does not have cannot be asked again', async () => {
    const renewal = await begin(createRenewingServer())
    await expect(renewal.reopen(createBiometrics())).rejects.toMatchObject({ reason: 'unavailable' })
  })
})

describe('beginning', () => {
  test('a wrong passcode costs a try, and nothing else', async () => {
    const server = createRenewingServer()
    const begun = await startRenewal(linked, { ...options, fetch: server.fetch }, other)
    expect(begun).toEqual({ outcome: 'unlock_failed', triesLeft: 4 })
    expect(server.secrets.inForce).toEqual(unlockSecret)
  })

  test('the last one blocks the phone', async () => {
    const server = createRenewingServer()
    for (const left of [4, 3, 2, 1]) {
      const begun = await startRenewal(linked, { ...options, fetch: server.fetch }, other)
      expect(begun).toEqual({ outcome: 'unlock_failed', triesLeft: left })
    }
    expect(await startRenewal(linked, { ...options, fetch: server.fetch }, other)).toEqual({ outcome: 'blocked' })
    server.refuse('renewals', 'device_blocked')
    expect(await startRenewal(linked, { ...options, fetch: server.fetch }, passcode)).toEqual({ outcome: 'blocked' })
  })

  test('any other refusal is told as it is', async () => {
    const server = createRenewingServer()
    server.refuse('renewals', 'device_unknown')
    await expect(begin(server)).rejects.toMatchObject({ code: 'device_unknown' })
  })

  test('again, when the answer was lost', async () => {
    const server = createRenewingServer()
    server.lose('renewals')
    await expect(begin(server)).rejects.toThrow(NetworkFailed)
    const stored = await (await begin(server)).finish({ passcode: other, credential: null, keep: createStorage().keep })
    expect(await openLock(stored.lock, other, cheapHash)).toEqual(server.secrets.inForce)
  })

  test.each<[string, RenewingServerOptions]>([
    ['that signs for another purpose', { type: 'countersign-link+jwt' }],
    ['that signs for another device', { transcript: (all) => ({ ...all, device: `dev_${'x'.repeat(22)}` }) }],
    ['that signs for another account', { transcript: (all) => ({ ...all, account: `acc_${'x'.repeat(22)}` }) }],
    ['that is another', { transcript: (all) => ({ ...all, iss: 'https://other.example' }) }],
    [
      'that puts its own key in the place of the phone’s',
      { transcript: (all) => ({ ...all, phone_ecdh_jwk: all.server_ecdh_jwk }) },
    ],
  ])('believes no server %s', async (_, changed) => {
    await expect(begin(createRenewingServer(changed))).rejects.toThrow(ServerNotTrusted)
  })
})

describe('nothing is ever half done', () => {
  test('storage that takes nothing: the old secret stays in force', async () => {
    const server = createRenewingServer()
    const keep = async () => {
      throw new Error('The disk is full.')
    }
    await expect((await begin(server)).finish({ passcode: other, credential: null, keep })).rejects.toThrow('full')
    expect(server.secrets.inForce).toEqual(unlockSecret)
  })

  test('storage in which another window’s renewal has taken the place: nothing is put in force', async () => {
    const server = createRenewingServer()
    const other = RenewalId.parse(`rnw_${'x'.repeat(22)}`)
    const keep: Keep = async (stored) =>
      stored.pending === null ? stored : { ...stored, pending: { ...stored.pending, renewal: other } }
    const choices = { passcode: '593024', credential: null, keep }
    await expect((await begin(server)).finish(choices)).rejects.toThrow('Something else was kept')
    expect(server.received.some(({ path }) => path.endsWith('/activate'))).toBe(false)
    expect(server.secrets.inForce).toEqual(unlockSecret)
  })

  test('a crash before the activation: the old copies are in force, the new ones go when they cannot come any more', async () => {
    const server = createRenewingServer()
    const { keep, kept } = createStorage()
    server.refuse('activate', 'unavailable')
    await expect((await begin(server)).finish({ passcode: other, credential: null, keep })).rejects.toThrow(
      RequestRefused,
    )
    const [pending = linked] = kept
    expect(settle(pending, server.device(), serverStart)).toBe(pending)
    const over = settle(pending, server.device(), expires + 1)
    expect(over).toEqual({ ...pending, pending: null })
    expect(await openLock(over.lock, passcode, cheapHash)).toEqual(server.secrets.inForce)
  })

  test('a crash after the activation: the new copies are in force, and take the place of the old ones', async () => {
    const server = createRenewingServer()
    const { keep, kept } = createStorage()
    server.lose('activate')
    await expect((await begin(server)).finish({ passcode: other, credential: null, keep })).rejects.toThrow(
      NetworkFailed,
    )
    expect(kept).toHaveLength(1)
    const settled = settle(kept[0] ?? linked, server.device(), expires + 1)
    expect(settled).toMatchObject({ pending: null, renewal: server.secrets.renewal })
    expect(await openLock(settled.lock, other, cheapHash)).toEqual(server.secrets.inForce)
  })

  test('a lost answer, and trying again: what is in force stays in force', async () => {
    const server = createRenewingServer()
    const { keep, kept } = createStorage()
    const renewal = await begin(server)
    server.lose('activate')
    const choices = { passcode: other, credential: null, keep }
    await expect(renewal.finish(choices)).rejects.toThrow(NetworkFailed)
    const stored = await renewal.finish(choices)
    expect(await openLock(stored.lock, other, cheapHash)).toEqual(server.secrets.inForce)
    expect(kept.at(-1)).toEqual(stored)
    expect(server.received.filter(({ path, nonce }) => path.endsWith('/activate') && nonce !== '')).toHaveLength(1)
  })

  test('a request that never arrived, and trying again: it is asked for once more', async () => {
    const server = createRenewingServer()
    const renewal = await begin(server)
    const choices = { passcode: other, credential: null, keep: createStorage().keep }
    server.refuse('activate', 'unavailable')
    await expect(renewal.finish(choices)).rejects.toThrow(RequestRefused)
    server.heal()
    const stored = await renewal.finish(choices)
    expect(await openLock(stored.lock, other, cheapHash)).toEqual(server.secrets.inForce)
  })

  test('storage that fails after the activation leaves what the next contact settles', async () => {
    const server = createRenewingServer()
    const { keep, kept } = createStorage()
    const once: Keep = (stored) => {
      if (kept.length > 0) throw new Error('The disk is full.')
      return keep(stored)
    }
    const stored = await (await begin(server)).finish({ passcode: other, credential: null, keep: once })
    expect(stored.pending).toBeNull()
    expect(settle(kept[0] ?? linked, server.device(), expires + 1)).toEqual(stored)
  })

  test('a renewal that a later one has replaced puts nothing in force', async () => {
    const server = createRenewingServer()
    const first = await begin(server)
    const second = await begin(server)
    const { keep } = createStorage()
    const refused = first.finish({ passcode: other, credential: null, keep })
    await expect(refused).rejects.toMatchObject({ code: 'not_found' })
    const stored = await second.finish({ passcode: other, credential: null, keep })
    expect(stored.renewal).toBe(server.secrets.renewal)
  })

  test('a copy whose credential the server does not have is not used', async () => {
    const { server, stored } = await withBiometrics()
    const pending = {
      renewal: stored.renewal ?? RenewalId.parse(''),
      expires,
      lock: stored.lock,
      biometricLock: stored.biometricLock,
    }
    server.secrets.credential = null
    expect(settle({ ...stored, pending }, server.device(), serverStart).biometricLock).toBeNull()
  })
})

test('abuse-32: between the two, what is kept tells nothing about either passcode', async () => {
  const server = createRenewingServer()
  const { keep, kept } = createStorage()
  server.lose('activate')
  await expect((await begin(server)).finish({ passcode: other, credential: null, keep })).rejects.toThrow()
  const [dump = linked] = kept
  const locks = [dump.lock, dump.pending?.lock ?? dump.lock]
  for (const lock of locks) {
    const tried = [passcode, other, ...Array.from({ length: 50 }, (_, number) => String(300_000 + number * 7919))]
    const opened = await Promise.all(tried.map((each) => openLock(lock, each, cheapHash)))
    expect(new Set(opened.map(String)).size).toBe(tried.length)
  }
  expect(Object.keys(dump.pending ?? {}).toSorted()).toEqual(['biometricLock', 'expires', 'lock', 'renewal'])
  expect(locks[0]?.salt).not.toEqual(locks[1]?.salt)
})
