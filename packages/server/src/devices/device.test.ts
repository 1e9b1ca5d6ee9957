import { AccountId, CredentialId, DeviceId, RenewalId } from '@countersign/protocol'
import { expect, test } from 'vitest'
import { type Device, deviceAnswerOf, isSeenAnew } from './device.ts'

const device: Device = {
  id: DeviceId.parse(`dev_${'A'.repeat(22)}`),
  account: AccountId.parse(`acc_${'A'.repeat(22)}`),
  thumbprint: 'A'.repeat(43),
  signJwk: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) },
  name: 'Annas telefon',
  platform: 'web',
  appVersion: '1.2.3',
  state: 'active',
  authenticating: true,
  sealedUnlockSecret: new Uint8Array(60),
  unlockTriesLeft: 5,
  renewal: null,
  credential: null,
  lastSeenAt: 1_000_000,
}

test.each([
  [1_000_000 + 59_999, '1.2.3', false],
  [1_000_000 + 60_000, '1.2.3', true],
  [1_000_000, '1.2.4', true],
])('at %d with version %s, that a device was seen is written: %s', (now, version, written) => {
  expect(isSeenAnew(device, version, now)).toBe(written)
})

test('a device that was never seen is written down', () => {
  expect(isSeenAnew({ ...device, lastSeenAt: null }, '1.2.3', 0)).toBe(true)
})

test('a device is told nothing but what is its own', () => {
  const account = { email: 'anna@strand.example', name: 'Anna', phoneNumber: '+46701740605' }
  const renewal = RenewalId.parse(`rnw_${'A'.repeat(22)}`)
  const credential = { id: CredentialId.parse('A'.repeat(43)), publicKey: new Uint8Array(77) }
  const blocked = { ...device, state: 'blocked', unlockTriesLeft: 0, renewal, credential } as const
  expect(deviceAnswerOf(blocked, account)).toEqual({
    device: device.id,
    name: 'Annas telefon',
    state: 'blocked',
    authenticating: true,
    unlock_tries_left: 0,
    renewal,
    credential: credential.id,
    account: { email: 'anna@strand.example', name: 'Anna' },
  })
})
