import { expect, test } from 'vitest'
import { createEventCutter } from './event-stream.ts'

const stream =
  'retry: 1000\n\nevent: approvals\nid: 1\ndata: {"a":1}\n\n:\n\nevent: approvals\ndata: one\ndata: two\n\n'
const events = [null, { event: 'approvals', data: '{"a":1}' }, null, { event: 'approvals', data: 'one\ntwo' }]

test('a stream is cut into its events, heartbeats between them', () => {
  expect(createEventCutter()(stream)).toEqual(events)
})

test('events come out the same, however the network cuts the stream', () => {
  for (let size = 1; size < stream.length; size++) {
    const cut = createEventCutter()
    const pieces = Array.from({ length: Math.ceil(stream.length / size) }, (_, at) =>
      stream.slice(at * size, (at + 1) * size),
    )
    expect(pieces.flatMap((piece) => cut(piece))).toEqual(events)
  }
})

test('an event that never ends is refused', () => {
  const cut = createEventCutter()
  expect(() => cut('x'.repeat(2_000_000))).toThrow(RangeError)
})
