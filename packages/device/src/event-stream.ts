/** Reading an event stream (WHATWG HTML, section 9.2) from the body of an answer, as far as this protocol uses one. */

export interface StreamEvent {
  readonly event: string
  readonly data: string
}

/** A stream that grows past this without an event is not one of this protocol. */
const longestEvent = 1_048_576

function eventOf(block: string): StreamEvent {
  let event = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') event = value
    else if (field === 'data') data.push(value)
  }
  return { event, data: data.join('\n') }
}

/** Cuts text that comes in pieces into events. Comments (heartbeats) come out as null. */
export function createEventCutter(): (piece: string) => (StreamEvent | null)[] {
  let rest = ''
  return (piece) => {
    const blocks = (rest + piece).split(/\r?\n\r?\n/)
    rest = blocks.pop() ?? ''
    if (rest.length > longestEvent) throw new RangeError('The event stream holds an event that is too long.')
    return blocks.map((block) => {
      const found = eventOf(block.replaceAll('\r\n', '\n'))
      return found.data === '' ? null : found
    })
  }
}
