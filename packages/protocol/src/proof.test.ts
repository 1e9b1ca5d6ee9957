import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import vectors from '../../../vectors/proofs.json' with { type: 'json' }
import { fromBase64url, toBase64url, utf8 } from './bytes.ts'
import { canonicalText, parseCanonical } from './canonical.ts'
import { DecisionPayload, decisionType } from './decision.ts'
import { ActivationPayload, activationType } from './linking.ts'
import { type ProofPurpose, proofOf, verifyProof } from './proof.ts'
import { RenewalActivation, RenewalPayload, renewalActivationType, renewalType } from './renewal.ts'

const schemas = {
  [decisionType]: DecisionPayload,
  [activationType]: ActivationPayload,
  [renewalType]: RenewalPayload,
  [renewalActivationType]: RenewalActivation,
}
const purposes: readonly ProofPurpose[] = ['decision', 'activate', 'renew']
const purposeOf = (name: string): ProofPurpose => {
  const purpose = purposes.find((purpose) => purpose === name)
  if (purpose === undefined) throw new Error(`There is no purpose ${name}.`)
  return purpose
}

const proofKey = fromBase64url(vectors.proofKey)
const proved = [...vectors.vectors, vectors.otherPurpose]

test.each(proved)('the vector $purpose: $proof', ({ purpose, canonical, proof }) => {
  expect(toBase64url(proofOf(proofKey, purposeOf(purpose), utf8(canonical)))).toBe(proof)
  expect(verifyProof(proofKey, purposeOf(purpose), utf8(canonical), fromBase64url(proof))).toBe(true)
})

test.each(vectors.vectors)('the payload of $name', ({ type, payload, canonical }) => {
  const schema = Object.entries(schemas).find(([known]) => known === type)?.[1]
  if (schema === undefined) throw new Error(`There is no type ${type}.`)
  expect(parseCanonical(schema, utf8(canonical))).toEqual(payload)
  expect(canonicalText(payload)).toBe(canonical)
})

describe('a proof is refused', () => {
  const payload = utf8(vectors.vectors[0]?.canonical ?? '')
  const proof = proofOf(proofKey, 'decision', payload)

  test('for another purpose', () => {
    for (const purpose of purposes) expect(verifyProof(proofKey, purpose, payload, proof)).toBe(purpose === 'decision')
  })

  test('when any byte of payload, proof or key is another one', () => {
    const changedAt = (bytes: Uint8Array, at: number, change: number) =>
      bytes.map((byte, index) => (index === at % bytes.length ? byte ^ change : byte))
    fc.assert(
      fc.property(fc.nat({ max: 1000 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        expect(verifyProof(proofKey, 'decision', changedAt(payload, at, change), proof)).toBe(false)
        expect(verifyProof(proofKey, 'decision', payload, changedAt(proof, at, change))).toBe(false)
        expect(verifyProof(changedAt(proofKey, at, change), 'decision', payload, proof)).toBe(false)
      }),
    )
  })

  test.each([0, 16, 31])('when only %s bytes of it are there', (length) => {
    expect(verifyProof(proofKey, 'decision', payload, proof.subarray(0, length))).toBe(false)
  })
})
