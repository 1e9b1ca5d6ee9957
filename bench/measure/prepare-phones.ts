/** Accounts with linked phones, put into the database as linking would: linking has benches of nobody's interest. */
import { codeKeyOf, DeviceId, proofKeyOf, publicJwkOf, thumbprintOf } from '@countersign/protocol'
import { addAccount, type Context } from '@countersign/server'
import { activateDevice, insertLinkingDevice, sealUnlockSecret } from '@countersign/server/use-cases'

/** The password of all accounts. */
export const password = 'morgonbris-vid-havet'

/** A linked phone, as a client needs it to sign and to make codes. */
export interface PreparedPhone {
  readonly email: string
  readonly account: string
  readonly device: string
  readonly thumbprint: string
  readonly privateJwk: JsonWebKey
  readonly proofKey: Uint8Array
  readonly codeKey: Uint8Array
}

async function preparePhone(context: Context, number: number): Promise<PreparedPhone> {
  const email = `anna-${number}@strand.example`
  const added = await addAccount(context, {
    email,
    name: 'Anna Lind',
    phoneNumber: '+46701740605',
    locale: 'sv',
    secret: { password },
  })
  if (added.kind === 'refused') throw new Error(added.faults.join(' '))
  const account = added.account.id
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const publicJwk = await publicJwkOf(pair.publicKey)
  const thumbprint = thumbprintOf(publicJwk)
  const id = DeviceId.parse(context.random.id('dev'))
  const secret = context.random.bytes(32)
  await context.db.write(async (transaction) => {
    await insertLinkingDevice(transaction, {
      id,
      account,
      thumbprint,
      signJwk: publicJwk,
      name: 'Annas telefon',
      platform: 'virtual',
      appVersion: '0.1.0',
      sealedUnlockSecret: sealUnlockSecret(context, id, secret),
    })
    await activateDevice(transaction, id, account, null)
  })
  return {
    email,
    account,
    device: id,
    thumbprint,
    privateJwk: await crypto.subtle.exportKey('jwk', pair.privateKey),
    proofKey: proofKeyOf(secret),
    codeKey: codeKeyOf(secret),
  }
}

/** So many accounts, each with an active phone. */
export async function preparePhones(context: Context, count: number): Promise<PreparedPhone[]> {
  const phones: PreparedPhone[] = []
  for (let number = 0; number < count; number += 1) phones.push(await preparePhone(context, number))
  return phones
}
