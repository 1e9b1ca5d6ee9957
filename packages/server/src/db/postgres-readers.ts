/**
 * Connections to PostgreSQL that reads share: a statement is sent while the answers to others are still under way, and all
 * that one turn of the event loop asks goes out in one write. Each statement stands for itself, so that one that fails
 * concerns nobody else's.
 */
import { Socket } from 'node:net'
import pg from 'pg'

export interface Readers {
  run(statement: pg.QueryConfig): Promise<pg.QueryResult>
  close(): Promise<void>
}

interface Reader {
  readonly client: Promise<pg.Client>
  readonly socket: Socket
  /** Statements that wait for their answer. */
  underWay: number
  isHeld: boolean
}

/** Keeps what is written to the socket until the event loop has heard what else there is. */
function holdWrites(reader: Reader): void {
  if (reader.isHeld) return
  reader.isHeld = true
  reader.socket.cork()
  setImmediate(() => {
    reader.isHeld = false
    reader.socket.uncork()
  })
}

/**
 * Opens connections when they are first needed, and anew after they were cut.
 *
 * @param isSpent says of an error that the connection which had it must not be used again
 */
export function createReaders(config: pg.ClientConfig, count: number, isSpent: (error: unknown) => boolean): Readers {
  const readers: (Reader | null)[] = Array.from({ length: count }, () => null)

  function open(at: number): Reader {
    const socket = new Socket()
    const client = new pg.Client({ ...config, pipeline: true, stream: () => socket })
    const reader: Reader = { client: client.connect().then(() => client), socket, underWay: 0, isHeld: false }
    const leave = () => {
      if (readers[at] === reader) readers[at] = null
    }
    // Whoever waits for an answer is told by their statement; the event would end the process unheard.
    client.on('error', leave)
    client.on('end', leave)
    reader.client.catch(leave)
    readers[at] = reader
    return reader
  }

  /** The one with the fewest statements under way. */
  function choose(): { reader: Reader; at: number } {
    let at = 0
    for (let other = 1; other < count; other += 1) {
      if ((readers[other]?.underWay ?? 0) < (readers[at]?.underWay ?? 0)) at = other
    }
    return { reader: readers[at] ?? open(at), at }
  }

  return {
    async run(statement) {
      const { reader, at } = choose()
      reader.underWay += 1
      try {
        const client = await reader.client
        holdWrites(reader)
        return await client.query(statement)
      } catch (error) {
        if (isSpent(error) && readers[at] === reader) {
          readers[at] = null
          void reader.client.then((client) => client.end()).catch(() => {})
        }
        throw error
      } finally {
        reader.underWay -= 1
      }
    },
    async close() {
      const open = readers.filter((reader) => reader !== null)
      readers.fill(null)
      await Promise.allSettled(open.map(async (reader) => (await reader.client).end()))
    },
  }
}
