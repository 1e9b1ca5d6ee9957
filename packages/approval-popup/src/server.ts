/** The server, as a page reaches it: across origins, by a page token in a header, and without cookies. */
import { type Approval, parseApproval, parseRefusal } from './answer.ts'
import type { Answer, Wires } from './connection.ts'

/** Which approval, and by what right. */
export interface Waiting {
  /** The origin of the server. */
  readonly server: string
  readonly approval: string
  readonly pageToken: string
}

/** Milliseconds after which a request that is not a stream is given up. */
const patience = 15_000
/** Milliseconds in which a stream has to begin: the server tells how it stands at once. */
const beginning = 5_000
/** A stream that is silent for so long is taken for dead: the server says something every 15 seconds. */
const silence = 20_000
/** Milliseconds after the end of a round in which the server tells what comes then. */
const overdue = 2_000

const addressOf = ({ server, approval }: Waiting, rest: string) =>
  `${new URL(server).origin}/v1/approvals/${encodeURIComponent(approval)}${rest}`

const headersOf = ({ pageToken }: Waiting) => ({ authorization: `Bearer ${pageToken}` })

const settings = { mode: 'cors', credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' } as const

async function answerOf(response: Response): Promise<Answer> {
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) return { outcome: 'refused', refusal: parseRefusal(body) }
  const approval = parseApproval(body)
  return approval === null ? { outcome: 'unreachable' } : { outcome: 'done', approval }
}

async function request(waiting: Waiting, rest: string, init: RequestInit, signal: AbortSignal): Promise<Answer> {
  try {
    return await answerOf(await fetch(addressOf(waiting, rest), { ...settings, ...init, signal }))
  } catch {
    return { outcome: 'unreachable' }
  }
}

/** The approvals in the lines of an event stream (WHATWG HTML, section 9.2); what is no approval is left out. */
async function* eventsIn(body: ReadableStream<Uint8Array>, onBytes: () => void): AsyncGenerator<Approval> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    onBytes()
    text += decoder.decode(value, { stream: true })
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const data = event
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n')
      if (data === '') continue
      const approval = parseApproval(JSON.parse(data))
      if (approval !== null) yield approval
    }
  }
}

/** Aborted with the signal, and when nothing was heard for too long. */
function watchdog(signal: AbortSignal) {
  const controller = new AbortController()
  const stop = () => controller.abort()
  let timer = setTimeout(stop, beginning)
  signal.addEventListener('abort', stop)
  return {
    signal: controller.signal,
    heard() {
      clearTimeout(timer)
      timer = setTimeout(stop, silence)
    },
    end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      stop()
    },
  }
}

/** Resolves when the line may have died in silence: the network went or came back, or the window was looked at again. */
function doubt(signal: AbortSignal, onDoubt: () => void): void {
  const seen = () => {
    if (document.visibilityState === 'visible') onDoubt()
  }
  window.addEventListener('online', onDoubt, { signal })
  window.addEventListener('offline', onDoubt, { signal })
  document.addEventListener('visibilitychange', seen, { signal })
}

/** The wires of a page in a browser. */
export const browserWires = (waiting: Waiting): Wires => ({
  async listen(onApproval, signal) {
    const dog = watchdog(signal)
    doubt(dog.signal, dog.end)
    let roundEnds: ReturnType<typeof setTimeout> | undefined
    try {
      const headers = { ...headersOf(waiting), accept: 'text/event-stream' }
      const response = await fetch(addressOf(waiting, '/events'), { ...settings, headers, signal: dog.signal })
      if (!response.ok || response.body === null) return
      for await (const approval of eventsIn(response.body, dog.heard)) {
        clearTimeout(roundEnds)
        roundEnds = setTimeout(dog.end, Math.max(0, approval.expires - approval.now) + overdue)
        onApproval(approval)
      }
    } catch {
      // A stream that broke is told by its end; what it means is found out by asking.
    } finally {
      clearTimeout(roundEnds)
      dog.end()
    }
  },
  read(poll, signal) {
    const query = poll === null ? '' : `?wait=${poll.seconds}&after=${encodeURIComponent(poll.after)}`
    const time = AbortSignal.timeout(patience + (poll?.seconds ?? 0) * 1000)
    return request(waiting, query, { headers: headersOf(waiting) }, AbortSignal.any([signal, time]))
  },
  pause: (milliseconds, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          resolve()
        },
        { once: true },
      )
    }),
})

/** Does something to the approval. */
export const command = (
  waiting: Waiting,
  name: 'wake' | 'offline' | 'cancel' | 'response',
  body: object,
): Promise<Answer> =>
  request(
    waiting,
    `/${name}`,
    {
      method: 'POST',
      headers: { ...headersOf(waiting), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    },
    AbortSignal.timeout(patience),
  )
