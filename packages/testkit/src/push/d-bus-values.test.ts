import { describe, expect, test } from 'vitest'
import { DBusReader, DBusWriter, typesIn } from './d-bus-values.ts'

test('a signature is a row of complete types', () => {
  expect(typesIn('susssasa{sv}i')).toEqual(['s', 'u', 's', 's', 's', 'as', 'a{sv}', 'i'])
  expect(typesIn('(ia(ss))aa{s(uv)}')).toEqual(['(ia(ss))', 'aa{s(uv)}'])
})

describe('the examples of the specification', () => {
  test('three texts, each aligned to 4', () => {
    const bytes = Buffer.from('03000000666f6f00' + '010000002b000000' + '0300000062617200', 'hex')
    expect(new DBusReader(bytes).readAll('sss')).toEqual(['foo', '+', 'bar'])
    expect(new DBusWriter().writeAll('sss', ['foo', '+', 'bar']).finish()).toEqual(bytes)
  })

  test('a list of one 64-bit number, whose padding does not count', () => {
    const bytes = Buffer.from('0800000000000000' + '0500000000000000', 'hex')
    expect(new DBusReader(bytes).readAll('ax')).toEqual([[5n]])
  })
})

describe('what comes along with a notification', () => {
  const bytes = Buffer.concat([
    Buffer.from('2b00000000000000', 'hex'),
    Buffer.from('07000000', 'hex'),
    Buffer.from('urgency\0\x01y\0\x02', 'latin1'),
    Buffer.from('01000000', 'hex'),
    Buffer.from('x\0\x05(iay)\0\0\0\0', 'latin1'),
    Buffer.from('ffffffff03000000010203', 'hex'),
  ])

  test('is read, whatever it is', () => {
    expect(new DBusReader(bytes).read('a{sv}')).toEqual([
      ['urgency', 2],
      ['x', [-1, [1, 2, 3]]],
    ])
  })

  test('is not read beyond its end', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => new DBusReader(bytes.subarray(0, length)).read('a{sv}')).toThrow(RangeError)
    }
  })
})

test('what has no type is refused', () => {
  expect(() => new DBusReader(Buffer.alloc(8)).read('z')).toThrow()
  expect(() => new DBusWriter().write('d', 1)).toThrow()
})
