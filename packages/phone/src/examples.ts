/** Requests and a linked phone, as tests have them. */
import { type LinkedDevice, openDevice, type ShownApproval, type StoredDevice } from '@countersign/device'
import {
  AccountId,
  ApprovalDocument,
  DeviceId,
  generateSigningKey,
  publicJwkOf,
  thumbprintOf,
} from '@countersign/protocol'

const issuer = 'https://id.strand.example'
const bytes = (letter: string) => `${letter.repeat(42)}A`
const id = (letter: string) => `${letter.repeat(21)}A`

/**
 * @param letter one letter that makes id and nonce
 * @param changes members of the document that are not as usual
 */
export function exampleApproval(letter: string, changes: Record<string, unknown> = {}): ShownApproval {
  const document = ApprovalDocument.parse({
    v: 1,
    approval: `apr_${id(letter)}`,
    round: 1,
    audience: issuer,
    account: `acc_${id('a')}`,
    device: `dev_${id('d')}`,
    application: { id: 'strand', name: 'Strand' },
    action: 'login',
    template: 1,
    locale: 'sv',
    headline: 'Logga in på Strand',
    lines: [{ label: 'Konto', value: 'anna@strand.example' }],
    data: {},
    context: { place: 'Göteborg, Sverige', browser: 'Firefox på Windows' },
    binding: 'plain',
    nonce: bytes(letter),
    issued: '2026-03-01T12:00:00.000Z',
    expires: '2026-03-01T12:01:30.000Z',
    ...changes,
  })
  return {
    approval: document.approval,
    document,
    digest: new TextEncoder().encode(JSON.stringify(document)),
    numbers: null,
  }
}

/** What a linked phone keeps, with keys that cannot be exported. */
export async function exampleStoredDevice(): Promise<StoredDevice> {
  const keyPair = await generateSigningKey({ extractable: false })
  const publicJwk = await publicJwkOf(keyPair.publicKey)
  const sealKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  return {
    issuer,
    device: DeviceId.parse(`dev_${id('d')}`),
    account: { id: AccountId.parse(`acc_${id('a')}`), email: 'anna@strand.example', name: 'Anna Lindqvist' },
    name: 'Annas telefon',
    keyPair,
    publicJwk,
    thumbprint: thumbprintOf(publicJwk),
    lock: { salt: new Uint8Array(16), iv: new Uint8Array(12), sealed: new Uint8Array(48), sealKey },
    biometricLock: null,
    documentKeys: [publicJwk],
    clockOffset: 0,
    linkedAt: Date.parse('2026-03-01T11:00:00Z'),
    unfinished: false,
    renewal: null,
    pending: null,
  }
}

/** A linked phone. @param changes what it does when called; without them it has no network */
export async function exampleDevice(changes: Partial<LinkedDevice> = {}): Promise<LinkedDevice> {
  const device = openDevice(await exampleStoredDevice(), {
    appVersion: '1.0.0',
    passcodeHash: async () => new Uint8Array(32),
    fetch: () => Promise.reject(new TypeError('no network')),
  })
  return { ...device, ...changes }
}
