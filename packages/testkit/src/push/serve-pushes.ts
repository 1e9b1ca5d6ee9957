/**
 * A push service on this machine: it takes messages from servers as RFC 8030, 8188, 8291 and 8292 say, gives them to
 * browsers as Mozilla's does, and fails to order.
 *
 * Promises to refuse what a real one refuses. Cannot read a message: only the subscriber has the keys.
 */
import { freePort } from '../world.ts'
import { talkToBrowser } from './browser-messages.ts'
import { listen } from './listen.ts'
import { Log } from './log.ts'
import { type Acknowledgement, type Delivery, Mailboxes } from './mailboxes.ts'
import { openSubscriber, type PushSubscriber } from './subscriber.ts'
import { type PushFault, type PushRequest, takePushes, tokenIn } from './take-pushes.ts'
import { acceptWebSocket, type WebSocketConnection, type WebSocketEvents } from './web-socket.ts'

export interface PushService extends AsyncDisposable {
  /** As a server's list of push services names it: `127.0.0.1:PORT`. */
  readonly host: string
  /** Where browsers connect to: `ws://127.0.0.1:PORT/`. */
  readonly browserUrl: string
  readonly requests: Log<PushRequest>
  /** What was handed to browsers. */
  readonly deliveries: Log<Delivery>
  readonly acknowledgements: Log<Acknowledgement>
  /** Browsers that have said hello, by their ids. */
  readonly arrivals: Log<string>
  /** Subscribes a browser that is a program. `vapidKey`: the sender's public key, base64url. */
  subscribe(vapidKey: string): PushSubscriber
  /** Orders faults, one for each of the next requests. */
  order(...faults: PushFault[]): void
  /** Delivers what was delayed, where its time is not over. */
  release(): void
  /** Goes away, and comes back on the same port with all that it has kept. `meanwhile` runs while it is away. */
  restart(meanwhile?: () => Promise<void>): Promise<void>
  /**
   * Forgets all browsers and subscriptions, whose endpoints are answered with 410 from now on, and ends the connections
   * with browsers: they learn of it when they connect again.
   */
  forget(): void
  /** How many messages wait for the browser of this endpoint. */
  waitingFor(endpoint: string): number
}

export interface PushServiceOptions {
  /** Judges how long messages are kept and tokens are good; the system's where it is left out. */
  readonly clock?: { now(): number }
}

const protocol = 'push-notification'

async function startAt(port: number, now: () => number): Promise<PushService> {
  const host = `127.0.0.1:${port}`
  const audience = `http://${host}`
  const endpointOf = (token: string) => `${audience}/push/${token}`
  const mailboxes = new Mailboxes(now)
  const arrivals = new Log<string>()
  const browsers = new Set<WebSocketConnection>()

  const { onRequest, requests, order, release } = takePushes({
    mailboxes,
    now,
    audience,
    restart: () => void restart(),
  })
  const openBrowser = (connection: WebSocketConnection): WebSocketEvents => {
    const onHello = (id: string) => arrivals.add(id)
    const { onText, onClose } = talkToBrowser({ mailboxes, endpointOf, connection, onHello })
    browsers.add(connection)
    return {
      onText,
      onClose() {
        browsers.delete(connection)
        onClose()
      },
    }
  }
  const start = () =>
    listen(port, { onRequest, onUpgrade: (request, socket) => acceptWebSocket(request, socket, protocol, openBrowser) })

  let listening = start()
  await listening
  const restart = async (meanwhile = async () => {}) => {
    const away = listening.then(async ({ stop }) => {
      await stop()
      await meanwhile()
    })
    // It comes back also where what was done meanwhile failed, for whoever comes next.
    listening = away.then(start, start)
    await away
    await listening
  }
  return {
    host,
    browserUrl: `ws://${host}/`,
    requests,
    deliveries: mailboxes.deliveries,
    acknowledgements: mailboxes.acknowledgements,
    arrivals,
    subscribe: (vapidKey) => openSubscriber(mailboxes, endpointOf, vapidKey),
    order,
    release,
    restart,
    forget() {
      mailboxes.forgetAll()
      for (const browser of browsers) browser.destroy()
    },
    waitingFor: (endpoint) => mailboxes.waitingFor(tokenIn(new URL(endpoint).pathname) ?? ''),
    async [Symbol.asyncDispose]() {
      const { stop } = await listening
      await stop()
    },
  }
}

/**
 * Starts a push service on a free port of the loopback address.
 *
 * @example
 * await using service = await startPushService()
 * const subscriber = service.subscribe(vapidKey)
 * service.order({ status: 429, retryAfter: 20 })
 */
export async function startPushService({ clock = Date }: PushServiceOptions = {}): Promise<PushService> {
  for (let tries = 1; ; tries++) {
    try {
      return await startAt(await freePort(), () => clock.now())
    } catch (error) {
      // Somebody was quicker to take the port.
      if (tries === 10) throw error
    }
  }
}
