/** Fingerprint or face that is added, kept or removed by a renewal (protocol section 4). */
import { createAuthenticator } from '@countersign/testkit'
import { beforeEach, expect, test } from 'vitest'
import { inParallel, onBothDatabases, type TestContext } from '../context-for-tests.ts'
import {
  addPerson,
  type Begun,
  linkPhone,
  type OfferedCredential,
  type Phone,
  refusal,
  renewalRows,
  secretOf,
} from './renewing-for-tests.ts'

onBothDatabases((open) => {
  let context: TestContext
  let phone: Phone
  beforeEach(async () => {
    context = await open()
    phone = await linkPhone(context, await addPerson(context, 'anna@strand.example'))
  })

  const newAuthenticator = () => createAuthenticator(context.config.phoneUrl)
  const stored = async () => (await phone.stored()).credential
  /** A renewal that adds a credential. */
  const add = async (from = phone.secret): Promise<{ begun: Begun; added: ReturnType<typeof newAuthenticator> }> => {
    const begun = await phone.start(from)
    const added = newAuthenticator()
    await phone.activate(begun, { credential: added.credential, registration: added.register(begun.challenge) })
    return { begun, added }
  }
  const biometricsAudited = async () => {
    const rows = await context.db.read((query) =>
      query.selectFrom('audit').select('detail').where('kind', '=', 'device.renewed').orderBy('seq').execute(),
    )
    return rows.map(({ detail }) => JSON.parse(detail).biometrics)
  }

  test('a phone adds a credential, keeps it with another passcode, changes it, and removes it', async () => {
    const { begun: first, added } = await add()
    expect(await stored()).toEqual({ id: added.credential, publicKey: added.publicKey })

    const second = await phone.start(first.secret)
    expect(await phone.activate(second, { credential: added.credential })).toMatchObject({
      credential: added.credential,
    })
    expect(await stored()).toEqual({ id: added.credential, publicKey: added.publicKey })

    const { begun: third, added: other } = await add(second.secret)
    expect(await stored()).toEqual({ id: other.credential, publicKey: other.publicKey })

    const fourth = await phone.start(third.secret)
    expect(await phone.activate(fourth)).toMatchObject({ credential: null })
    expect(await stored()).toBeNull()
    expect(await biometricsAudited()).toEqual([true, true, true, false])
  })

  test('a credential that is removed is not the one of before any more', async () => {
    const { begun: first, added } = await add()
    const second = await phone.start(first.secret)
    await phone.activate(second)
    const third = await phone.start(second.secret)
    await expect(phone.activate(third, { credential: added.credential })).rejects.toEqual(refusal('invalid_request'))
  })

  test('what does not fit or does not verify is refused, costs no try, and changes nothing', async () => {
    const { begun: before, added } = await add()
    const replaced = await phone.start(before.secret)
    const begun = await phone.start(before.secret)
    const { challenge } = begun
    const other = newAuthenticator()
    const { credential } = other
    const refused = async (offered: OfferedCredential, code: string) =>
      expect(phone.activate(begun, offered)).rejects.toEqual(refusal(code))

    await refused({ credential }, 'invalid_request')
    await refused({ credential: null, registration: other.register(challenge) }, 'invalid_request')
    await refused({ credential: added.credential, registration: other.register(challenge) }, 'invalid_request')
    await refused({ credential: added.credential, registration: added.register(challenge) }, 'invalid_request')

    const unverified = [
      other.register(before.challenge),
      other.register(replaced.challenge),
      other.register(challenge, { flags: ['UP', 'AT'] }),
      other.register(challenge, { origin: context.config.issuer }),
      other.register(challenge, { host: new URL(context.config.issuer).hostname }),
      other.register(challenge, { clientData: { crossOrigin: true } }),
      added.register(challenge, { credential }),
    ]
    for (const registration of unverified) await refused({ credential, registration }, 'signature_invalid')

    expect(await renewalRows(context)).toMatchObject([{ id: begun.id, proof_tries_left: 5 }])
    expect(await stored()).toMatchObject({ id: added.credential })
    expect(await secretOf(context, phone)).toEqual(before.secret)
    const answer = await phone.activate(begun, { credential, registration: other.register(challenge) })
    expect(answer).toMatchObject({ credential })
  })

  test('behind a wrong proof nothing is taken on', async () => {
    const begun = await phone.start()
    const other = newAuthenticator()
    const offered = { credential: other.credential, registration: other.register(begun.challenge) }
    const refused = phone.activate({ ...begun, secret: new Uint8Array(32) }, offered)
    await expect(refused).rejects.toEqual(refusal('unlock_failed', { tries_left: 4 }))
    expect(await stored()).toBeNull()
  })

  test('the same activation again, after the answer was lost or at the same time, gets the same answer', async () => {
    const begun = await phone.start()
    const other = newAuthenticator()
    const offered = { credential: other.credential, registration: other.register(begun.challenge) }
    const answers = await inParallel(12, () => phone.activate(begun, offered))
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(await phone.activate(begun, offered)).toEqual(answers[0])
    expect(await phone.activate(begun, { credential: other.credential })).toEqual(answers[0])
  })
})
