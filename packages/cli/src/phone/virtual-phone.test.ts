import { argon2idPasscodeHash } from '@countersign/device/passcode-hash'
import { expect, test } from 'vitest'
import { deviceOptions } from './virtual-phone.ts'

test('the passcode of a virtual phone costs what it costs on any phone (protocol section 4 step 5)', () => {
  expect(deviceOptions.passcodeHash).toBe(argon2idPasscodeHash)
})
