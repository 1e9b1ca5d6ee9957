/** Programs that belong together: one ends, all end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { root } from './root.ts'

/** How long a program may take to end by itself, in milliseconds. */
const patience = 5_000

const endWithStarter = import.meta.resolve('./end-with-starter.ts')

export interface Program {
  /** As it is called in sentences. */
  readonly name: string
  /** The file, from the root of the repository. */
  readonly file: string
  readonly args: readonly string[]
}

/** A set of running programs. `over` resolves once all have ended, with the exit code of the whole. */
export class Programs {
  readonly over: Promise<number>
  /** Set once all have started. Before, a program that ends with code 1 has said why in a sentence of its own. */
  running = false
  readonly #children = new Set<ChildProcess>()
  readonly #environment: NodeJS.ProcessEnv
  #end: (code: number) => void = () => {}
  #exitCode: number | null = null

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment
    this.over = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /** Whether the end has begun. */
  get ending(): boolean {
    return this.#exitCode !== null
  }

  /** Starts a program. Resolves with the first message that it sends, or with null when it ended before. */
  start(program: Program): Promise<unknown> {
    const child = spawn(process.execPath, ['--import', endWithStarter, program.file, ...program.args], {
      cwd: root,
      env: this.#environment,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#children.add(child)
    return new Promise((resolve) => {
      child.once('message', resolve)
      child.once('exit', (code, signal) => {
        this.#children.delete(child)
        resolve(null)
        this.#ended(program.name, code, signal)
      })
    })
  }

  /** Asks every program to end, and ends those that do not. */
  stop(exitCode: number): void {
    if (this.ending) return
    this.#exitCode = exitCode
    for (const child of this.#children) child.kill('SIGTERM')
    const impatience = setTimeout(() => {
      for (const child of this.#children) child.kill('SIGKILL')
    }, patience)
    this.over.then(() => clearTimeout(impatience))
    if (this.#children.size === 0) this.#end(exitCode)
  }

  #ended(name: string, code: number | null, signal: NodeJS.Signals | null): void {
    if (!this.ending) {
      // Ctrl-C reaches the whole group at once, so a program may have ended before this one heard of it.
      const asked = code === 0 || signal === 'SIGINT' || signal === 'SIGTERM'
      const saidWhy = !this.running && code === 1
      if (!asked && !saidWhy)
        console.error(`${name} has stopped (${signal ?? `exit code ${code}`}). Everything is stopped.`)
      this.stop(asked ? 0 : 1)
    }
    if (this.#children.size === 0) this.#end(this.#exitCode ?? 1)
  }
}
