/**
 * A desktop that shows notifications: a message bus of its own, and on it what answers to
 * https://specifications.freedesktop.org/notification-spec/1.2/. A click on one is as real to a browser as a person's.
 */

import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runUntilInputEnds } from '../until-input-ends.ts'
import { type Arguments, connectToBus } from './d-bus.ts'
import type { DBusValue } from './d-bus-values.ts'
import { Log } from './log.ts'

export interface ShownNotification {
  readonly id: number
  readonly app: string
  readonly summary: string
  readonly body: string
  /** Keys differ from browser to browser; people read labels. `default` is the key of a click on the notification. */
  readonly actions: readonly { readonly key: string; readonly label: string }[]
  /** The id of the one whose place it took, 0 where it took none. */
  readonly replaces: number
}

export interface Desktop extends AsyncDisposable {
  /** For a program's `DBUS_SESSION_BUS_ADDRESS`. */
  readonly address: string
  /** Everything that was shown. */
  readonly shown: Log<ShownNotification>
  /** The ids of what was closed, by whomever. */
  readonly closed: Log<number>
  /** What is to be seen now. */
  onScreen(): readonly ShownNotification[]
  /** Clicks on a notification, or on the button with this label. @throws Error where there is none */
  click(notification: ShownNotification, label?: string): void
  /** Waves it away. */
  dismiss(notification: ShownNotification): void
}

const path = '/org/freedesktop/Notifications'
const name = 'org.freedesktop.Notifications'
const nothing: Arguments = { signature: '', values: [] }

/** Why a notification went away. */
const reasons = { dismissed: 2, asked: 3 } as const

/** Reached by its socket and by nothing else; whoever may open that may do everything. It starts no programs. */
const busConfig = (socket: string) => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

/** A message bus of our own, in a folder that goes when it goes. */
async function startBus() {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-desktop-'))
  const [socket, config] = [join(folder, 'bus'), join(folder, 'bus.conf')]
  writeFileSync(config, busConfig(socket))
  const options = [`--config-file=${config}`, '--nofork', '--nopidfile', '--print-address']
  const daemon = runUntilInputEnds('TERM', ['dbus-daemon', ...options])
  const said: string[] = []
  daemon.stderr.on('data', (chunk) => said.push(String(chunk)))
  const ended = once(daemon, 'exit')
  const stop = async () => {
    daemon.stdin.end()
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  // It tells its address once it listens.
  const isUp = await Promise.race([once(daemon.stdout, 'data').then(() => true), ended.then(() => false)])
  if (isUp) return { socket, stop }
  await stop()
  throw new Error(`The message bus did not start. ${said.join('')}`)
}

/** The arguments of `Notify`: susssasa{sv}i. */
function readNotify(id: number, values: readonly DBusValue[]): ShownNotification {
  const [app = '', replaces = 0, , summary = '', body = '', actions = []] = values
  const flat = Array.isArray(actions) ? actions.map(String) : []
  return {
    id,
    app: String(app),
    replaces: Number(replaces),
    summary: String(summary),
    body: String(body),
    actions: flat.flatMap((key, at) => (at % 2 === 0 ? [{ key, label: flat[at + 1] ?? '' }] : [])),
  }
}

/** Starts a desktop. @throws Error where there is no dbus-daemon */
export async function startDesktop(): Promise<Desktop> {
  const bus = await startBus()
  const shown = new Log<ShownNotification>()
  const closed = new Log<number>()
  const screen = new Map<number, ShownNotification>()
  let lastId = 0

  const notify = (values: readonly DBusValue[]) => {
    const replaces = Number(values[1])
    // One that takes another's place keeps its id.
    const id = screen.has(replaces) ? replaces : ++lastId
    const notification = readNotify(id, values)
    screen.set(id, notification)
    shown.add(notification)
    return id
  }
  const close = (id: number, reason: number) => {
    if (!screen.delete(id)) return
    closed.add(id)
    connection.announce(
      { path, interface: name, member: 'NotificationClosed' },
      { signature: 'uu', values: [id, reason] },
    )
  }
  const connection = await connectToBus(bus.socket, name, (called, values) => {
    if (called.interface !== name) return null
    switch (called.member) {
      case 'Notify':
        return { signature: 'u', values: [notify(values)] }
      case 'CloseNotification':
        close(Number(values[0]), reasons.asked)
        return nothing
      case 'GetCapabilities':
        return { signature: 'as', values: [['body', 'actions', 'persistence']] }
      case 'GetServerInformation':
        return { signature: 'ssss', values: ['Desktop of the tests', 'Countersign', '1', '1.2'] }
      default:
        return null
    }
  })
  return {
    address: `unix:path=${bus.socket}`,
    shown,
    closed,
    onScreen: () => [...screen.values()],
    click(notification, label) {
      const action = notification.actions.find((one) =>
        label === undefined ? one.key === 'default' : one.label === label,
      )
      if (action === undefined || !screen.has(notification.id)) {
        throw new Error(`There is no ${label ?? 'notification'} to click on: ${JSON.stringify(notification)}`)
      }
      connection.announce(
        { path, interface: name, member: 'ActionInvoked' },
        { signature: 'us', values: [notification.id, action.key] },
      )
      close(notification.id, reasons.dismissed)
    },
    dismiss: ({ id }) => close(id, reasons.dismissed),
    async [Symbol.asyncDispose]() {
      await connection.close()
      await bus.stop()
    },
  }
}
