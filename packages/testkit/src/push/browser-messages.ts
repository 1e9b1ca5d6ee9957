/**
 * What browsers say to their push service and hear of it: the protocol of Mozilla's autopush, as Firefox speaks it
 * (https://autopush.readthedocs.io/en/latest/websocket.html).
 */
import type { Browser, Mailboxes } from './mailboxes.ts'
import type { WebSocketConnection, WebSocketEvents } from './web-socket.ts'

type Json = Readonly<Record<string, unknown>>

function parse(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

const textIn = (message: Json, name: string): string | null => {
  const value = message[name]
  return typeof value === 'string' ? value : null
}

/** A VAPID key as those who send write it: base64url without padding. */
function keyIn(message: Json): string | null {
  const key = Buffer.from(textIn(message, 'key') ?? '', 'base64url')
  return key.length === 65 && key[0] === 4 ? key.toString('base64url') : null
}

/** What an `ack` holds. */
function updatesIn({ updates }: Json): readonly Json[] {
  if (!Array.isArray(updates)) return []
  return updates.filter((one: unknown): one is Json => typeof one === 'object' && one !== null)
}

/** How a connection is closed with a browser that says what it may not say. */
const notUnderstood = 4_774

export interface BrowserTalk {
  readonly mailboxes: Mailboxes
  readonly endpointOf: (token: string) => string
  readonly connection: WebSocketConnection
  readonly onHello: (browserId: string) => void
}

/** One connection with a browser. */
export function talkToBrowser({ mailboxes, endpointOf, connection, onHello }: BrowserTalk): WebSocketEvents {
  let browser: Browser | null = null
  const say = (message: object) => connection.send(JSON.stringify(message))

  const hello = (message: Json) => {
    const known = mailboxes.browser(textIn(message, 'uaid'))
    browser = known
    known.reach = reach
    say({ messageType: 'hello', uaid: known.id, status: 200, use_webpush: true, broadcasts: {} })
    onHello(known.id)
    mailboxes.deliverTo(known)
  }
  const reach: Browser['reach'] = ({ channel, version, body }) =>
    say({
      messageType: 'notification',
      channelID: channel,
      version,
      data: Buffer.from(body).toString('base64url'),
      headers: { encoding: 'aes128gcm' },
    })
  const register = (of: Browser, message: Json) => {
    const [channelID, key] = [textIn(message, 'channelID'), keyIn(message)]
    if (channelID === null || key === null) return say({ messageType: 'register', channelID, status: 400 })
    const { token } = mailboxes.subscribe(of, channelID, key)
    return say({ messageType: 'register', channelID, status: 200, pushEndpoint: endpointOf(token) })
  }
  const unregister = (of: Browser, message: Json) => {
    const channelID = textIn(message, 'channelID') ?? ''
    mailboxes.unsubscribe(of, channelID)
    say({ messageType: 'unregister', channelID, status: 200 })
  }
  const acknowledge = (of: Browser, update: Json, usual: number) => {
    const { code = usual } = update
    const version = textIn(update, 'version')
    if (version !== null && typeof code === 'number') mailboxes.acknowledge(of, version, code)
  }
  const take = (of: Browser, message: Json) => {
    switch (message.messageType) {
      case 'register':
        return register(of, message)
      case 'unregister':
        return unregister(of, message)
      case 'ack':
        for (const update of updatesIn(message)) acknowledge(of, update, 100)
        return
      case 'nack':
        return acknowledge(of, message, 300)
      case 'broadcast_subscribe':
        return
      default:
        return connection.close(notUnderstood)
    }
  }
  return {
    onText(text) {
      const message = parse(text)
      if (message === null) connection.close(notUnderstood)
      else if (Object.keys(message).length === 0) say({})
      else if (message.messageType === 'hello') hello(message)
      else if (browser !== null) take(browser, message)
      else connection.close(notUnderstood)
    },
    onClose() {
      // A browser that came back on another connection is reached there.
      if (browser?.reach === reach) browser.reach = null
    },
  }
}
