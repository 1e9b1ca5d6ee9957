import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import recommended from '../../../vectors/ocra-recommended-suites.json' with { type: 'json' }
import vectors from '../../../vectors/ocra-rfc6287.json' with { type: 'json' }
import { concatBytes, fromHex, toHex, uint64Bytes, utf8 } from './bytes.ts'
import { hmacOf } from './hashes.ts'
import { type OcraInputs, ocra, parseSuite } from './ocra.ts'

type Vector = (typeof vectors.vectors)[number]

const inputsOf = ({ question, counter, pinHashHex, timeStepsHex }: Vector): OcraInputs => ({
  question,
  ...(counter === undefined ? {} : { counter }),
  ...(pinHashHex === undefined ? {} : { passwordHash: fromHex(pinHashHex) }),
  ...(timeStepsHex === undefined ? {} : { timeSteps: BigInt(`0x${timeStepsHex}`) }),
})

const keyOf = ({ key }: Vector): Uint8Array => {
  const hex = Object.entries(vectors.keys).find(([name]) => name === key)?.[1]
  if (hex === undefined) throw new Error(`There is no ${key} among the vectors.`)
  return fromHex(hex)
}

describe('RFC 6287 appendix C', () => {
  test('has 70 vectors', () => {
    expect(vectors.vectors).toHaveLength(70)
  })

  test.each(vectors.vectors)('$section $suite $question', (vector) => {
    expect(ocra(vector.suite, keyOf(vector), inputsOf(vector))).toBe(vector.expected)
  })
})

test.each(recommended.vectors)('$suite $question', ({ suite, question, timeStepsHex, expected }) => {
  const inputs = { question, timeSteps: BigInt(`0x${timeStepsHex}`) }
  expect(ocra(suite, fromHex(recommended.keyHex), inputs)).toBe(expected)
})

describe('a suite', () => {
  test('names all that it can', () => {
    expect(parseSuite('OCRA-1:HOTP-SHA512-10:C-QH64-PSHA256-S128-T48H')).toEqual({
      algorithm: 'SHA512',
      digits: 10,
      counter: true,
      question: { format: 'H', length: 64 },
      passwordHash: 'SHA256',
      sessionLength: 128,
      timeStep: 172_800,
    })
  })

  test('names the question at least', () => {
    expect(parseSuite('OCRA-1:HOTP-SHA1-0:QA04')).toEqual({
      algorithm: 'SHA1',
      digits: 0,
      counter: false,
      question: { format: 'A', length: 4 },
      passwordHash: null,
      sessionLength: null,
      timeStep: null,
    })
  })

  test.each([
    ['T1S', 1],
    ['T59S', 59],
    ['T1M', 60],
    ['T59M', 3540],
    ['T1H', 3600],
    ['T48H', 172_800],
  ])('steps by %s', (time, seconds) => {
    expect(parseSuite(`OCRA-1:HOTP-SHA1-6:QN08-${time}`).timeStep).toBe(seconds)
  })

  test.each([
    '',
    'OCRA-1',
    'OCRA-1:HOTP-SHA1-6',
    'OCRA-1:HOTP-SHA1-6:',
    'OCRA-2:HOTP-SHA1-6:QN08',
    'ocra-1:hotp-sha1-6:qn08',
    'OCRA-1:TOTP-SHA1-6:QN08',
    'OCRA-1:HOTP-MD5-6:QN08',
    'OCRA-1:HOTP-SHA384-6:QN08',
    'OCRA-1:HOTP-SHA1:QN08',
    'OCRA-1:HOTP-SHA1-1:QN08',
    'OCRA-1:HOTP-SHA1-3:QN08',
    'OCRA-1:HOTP-SHA1-11:QN08',
    'OCRA-1:HOTP-SHA1-06:QN08',
    'OCRA-1:HOTP-SHA1-6:C',
    'OCRA-1:HOTP-SHA1-6:QN',
    'OCRA-1:HOTP-SHA1-6:QN8',
    'OCRA-1:HOTP-SHA1-6:QN03',
    'OCRA-1:HOTP-SHA1-6:QN65',
    'OCRA-1:HOTP-SHA1-6:QB08',
    'OCRA-1:HOTP-SHA1-6:QN08-C',
    'OCRA-1:HOTP-SHA1-6:C-C-QN08',
    'OCRA-1:HOTP-SHA1-6:QN08-QN08',
    'OCRA-1:HOTP-SHA1-6:QN08-P',
    'OCRA-1:HOTP-SHA1-6:QN08-PSHA384',
    'OCRA-1:HOTP-SHA1-6:QN08-S',
    'OCRA-1:HOTP-SHA1-6:QN08-S64',
    'OCRA-1:HOTP-SHA1-6:QN08-S000',
    'OCRA-1:HOTP-SHA1-6:QN08-S513',
    'OCRA-1:HOTP-SHA1-6:QN08-T',
    'OCRA-1:HOTP-SHA1-6:QN08-T0S',
    'OCRA-1:HOTP-SHA1-6:QN08-T0H',
    'OCRA-1:HOTP-SHA1-6:QN08-T60S',
    'OCRA-1:HOTP-SHA1-6:QN08-T60M',
    'OCRA-1:HOTP-SHA1-6:QN08-T49H',
    'OCRA-1:HOTP-SHA1-6:QN08-T01M',
    'OCRA-1:HOTP-SHA1-6:QN08-T1D',
    'OCRA-1:HOTP-SHA1-6:QN08-T1M-S064',
    'OCRA-1:HOTP-SHA1-6:QN08-',
    'OCRA-1:HOTP-SHA1-6:QN08:QN08',
    'OCRA-1:HOTP-SHA1-6:QN08 ',
    ' OCRA-1:HOTP-SHA1-6:QN08',
    'OCRA-1:HOTP-SHA1-6:QN08\n',
  ])('is not %j', (text) => {
    expect(() => parseSuite(text)).toThrow(TypeError)
    expect(() => ocra(text, new Uint8Array(20), { question: '12345678' })).toThrow(TypeError)
  })
})

const key = utf8('12345678901234567890')

describe('the message', () => {
  test('is suite, zero, counter, question, password hash, session, time', () => {
    const suite = 'OCRA-1:HOTP-SHA256-0:C-QA08-PSHA1-S064-T1M'
    const passwordHash = new Uint8Array(20).fill(7)
    const session = utf8('session')
    const message = concatBytes(
      utf8(suite),
      Uint8Array.of(0),
      uint64Bytes(5),
      utf8('question'),
      new Uint8Array(120),
      passwordHash,
      new Uint8Array(57),
      session,
      uint64Bytes(9),
    )
    const response = ocra(suite, key, { counter: 5n, question: 'question', passwordHash, session, timeSteps: 9 })
    expect(response).toBe(toHex(hmacOf('SHA256', key, message)))
  })

  test('has a hexadecimal question by its nibbles, in either case', () => {
    const suite = 'OCRA-1:HOTP-SHA1-8:QH08'
    expect(ocra(suite, key, { question: 'abcdef' })).toBe(ocra(suite, key, { question: 'ABCDEF' }))
    expect(ocra(suite, key, { question: 'abc' })).toBe(ocra(suite, key, { question: 'abc0' }))
    expect(ocra(suite, key, { question: 'abc' })).not.toBe(ocra(suite, key, { question: '0abc' }))
  })

  test('has room for the longest questions of mutual mode', () => {
    expect(ocra('OCRA-1:HOTP-SHA1-6:QA64', key, { question: 'a'.repeat(128) })).toMatch(/^\d{6}$/)
    expect(ocra('OCRA-1:HOTP-SHA1-6:QN64', key, { question: '9'.repeat(128) })).toMatch(/^\d{6}$/)
  })
})

describe('inputs are refused', () => {
  const question = '12345678'
  const hash = new Uint8Array(20)
  test.each<[string, string, OcraInputs]>([
    ['a counter missing', 'C-QN08', { question }],
    ['a counter too much', 'QN08', { question, counter: 0 }],
    ['a password hash missing', 'QN08-PSHA1', { question }],
    ['a password hash too much', 'QN08', { question, passwordHash: hash }],
    ['a password hash of another hash', 'QN08-PSHA256', { question, passwordHash: hash }],
    ['a session missing', 'QN08-S064', { question }],
    ['a session too much', 'QN08', { question, session: hash }],
    ['a session too long', 'QN08-S019', { question, session: hash }],
    ['the time missing', 'QN08-T1M', { question }],
    ['the time too much', 'QN08', { question, timeSteps: 0 }],
    ['a question missing', 'QN08', { question: '' }],
    ['a question with letters', 'QN08', { question: '1234567a' }],
    ['a question with a sign', 'QN08', { question: '-1234567' }],
    ['a question with a line end', 'QN08', { question: '1234567\n' }],
    ['digits of another script', 'QN08', { question: '١٢٣٤٥٦٧٨' }],
    ['a question that is not hexadecimal', 'QH08', { question: '0x123' }],
    ['a question beyond ASCII', 'QA08', { question: 'frågan' }],
    ['a question too long', 'QN08', { question: '1'.repeat(17) }],
  ])('%s', (_, data, inputs) => {
    expect(() => ocra(`OCRA-1:HOTP-SHA1-6:${data}`, key, inputs)).toThrow(TypeError)
  })

  test.each([-1, 2n ** 64n])('a counter or time of %s', (value) => {
    expect(() => ocra('OCRA-1:HOTP-SHA1-6:C-QN08', key, { question, counter: value })).toThrow(RangeError)
    expect(() => ocra('OCRA-1:HOTP-SHA1-6:QN08-T1M', key, { question, timeSteps: value })).toThrow(RangeError)
  })
})

test('a response has the digits that the suite says', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.integer({ min: 4, max: 10 }), (key, digits) => {
      expect(ocra(`OCRA-1:HOTP-SHA512-${digits}:QN08`, key, { question: '1' })).toMatch(new RegExp(`^\\d{${digits}}$`))
    }),
  )
})
