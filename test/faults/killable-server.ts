/** A server that is killed and started again on the same database. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Config } from '@countersign/server'
import type { FromServer, ToServer } from './server-messages.ts'

/** No answer came: the server was killed in between. */
export class ServerGone extends Error {
  constructor() {
    super('The server was killed.')
    this.name = 'ServerGone'
  }
}

interface Call {
  readonly resolve: (code: string | null) => void
  readonly reject: (error: Error) => void
}

export class KillableServer {
  readonly #config: Config
  readonly #calls = new Map<number, Call>()
  #child: ChildProcess | null = null
  #isUp = false
  #up = Promise.withResolvers<void>()
  #lastCall = 0

  constructor(config: Config) {
    this.#config = config
  }

  /** Resolves while the server is up. */
  up(): Promise<void> {
    return this.#up.promise
  }

  /** Starts it; resolves once it answers. @throws ServerGone when it is killed before that */
  async start(): Promise<void> {
    const child = fork(join(import.meta.dirname, 'server-process.ts'), {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#child = child
    const ready = new Promise<void>((resolve, reject) => {
      child.on('message', (message: FromServer) => {
        if (message.kind === 'ready') resolve()
        else this.#settle(message.call, message.code)
      })
      child.once('exit', (code, signal) =>
        reject(
          signal === 'SIGKILL' ? new ServerGone() : new Error(`The server ended with ${code} and did not answer.`),
        ),
      )
    })
    this.#tell({ kind: 'start', config: this.#config })
    await ready
    this.#isUp = true
    this.#up.resolve()
  }

  /** Ends it as a crash would: nothing in it gets a turn any more. */
  async kill(): Promise<void> {
    await this.#end((child) => void child.kill('SIGKILL'))
  }

  /** Ends it in an orderly way. */
  async stop(): Promise<void> {
    await this.#end(() => this.#tell({ kind: 'stop' }))
  }

  /**
   * Collects a result, as the back end of an application does.
   *
   * @returns the code of a refusal, or null
   * @throws ServerGone
   */
  redeem(approval: string, redemption: string): Promise<string | null> {
    return new Promise((resolve, reject) => {
      if (this.#child?.connected !== true) return reject(new ServerGone())
      const call = ++this.#lastCall
      this.#calls.set(call, { resolve, reject })
      this.#tell({ kind: 'redeem', call, approval, redemption })
    })
  }

  /** Asks a person, and is killed right after the commit: before anything has left. */
  async askAndDie(account: string, device: string): Promise<void> {
    await this.#end(() => this.#tell({ kind: 'ask-and-die', account, device }))
  }

  /** Cancels an approval, and is killed right after the commit: before anything has left. */
  async cancelAndDie(approval: string): Promise<void> {
    await this.#end(() => this.#tell({ kind: 'cancel-and-die', approval }))
  }

  #tell(message: ToServer): void {
    // A pipe that breaks is a server that was killed; its calls are failed when it is gone.
    this.#child?.send(message, () => {})
  }

  #settle(call: number, code: string | null): void {
    this.#calls.get(call)?.resolve(code)
    this.#calls.delete(call)
  }

  async #end(by: (child: ChildProcess) => void): Promise<void> {
    const child = this.#child
    if (child === null) return
    // Who waits for a start that fails waits for the next one.
    if (this.#isUp) this.#up = Promise.withResolvers<void>()
    this.#isUp = false
    const gone = once(child, 'close')
    by(child)
    await gone
    this.#child = null
    for (const { reject } of this.#calls.values()) reject(new ServerGone())
    this.#calls.clear()
  }
}
