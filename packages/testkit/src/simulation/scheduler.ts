/**
 * Who goes next. Tasks run one at a time, each until it comes to its next point (a read or write of the database, a
 * message in the network) or to its end, so that nothing but the order of resuming decides what happens.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { SeededRandom } from './seeded-random.ts'

/** Where a task can be held. */
export type Place = 'start' | 'network' | 'read' | 'write'

interface Task {
  readonly name: string
  /** The task's own, so that leaving out another task changes nothing for this one. */
  readonly random: SeededRandom
}

interface Held {
  readonly task: Task
  readonly place: Place
  go(): void
  fail(error: unknown): void
}

export class Scheduler {
  readonly #current = new AsyncLocalStorage<Task>()
  #held: Held[] = []
  #quiet: () => void = () => {}
  /** What a task threw that it should not have. */
  fault: unknown = null

  get held(): number {
    return this.#held.length
  }

  /** The randomness of the task that is running. */
  get random(): SeededRandom {
    return this.#running().random
  }

  #running(): Task {
    const task = this.#current.getStore()
    if (task === undefined) throw new Error('Only a task of the scheduler may do this.')
    return task
  }

  /** Adds a task, held at its start. */
  begin(name: string, seed: number, work: () => Promise<void>): void {
    const task: Task = { name, random: new SeededRandom(seed, 1) }
    const end = (error: unknown) => {
      this.fault ??= error
      this.#quiet()
    }
    const go = () => this.#current.run(task, () => work().then(() => this.#quiet(), end))
    this.#held.push({ task, place: 'start', go, fail: () => this.#quiet() })
  }

  /** Holds the running task here until it is resumed. */
  async point(place: Place): Promise<void> {
    const task = this.#running()
    if (this.#held.some((other) => other.task === task)) throw new Error(`${task.name} waits at two points at once.`)
    await new Promise<void>((resolve, reject) => {
      this.#held.push({ task, place, go: resolve, fail: reject })
      this.#quiet()
    })
  }

  /** Who is held there, and at what. */
  describe(index: number): string {
    const held = this.#held[index]
    return held === undefined ? '' : `${held.task.name} (${held.place})`
  }

  /** Lets the task that has been held there go on to its next point. @returns whether it came to one; it is the last then */
  async resume(index: number): Promise<boolean> {
    const [held] = this.#held.splice(index, 1)
    if (held === undefined) throw new Error('Nobody is held there.')
    await this.#untilQuiet(() => held.go())
    return this.#held.at(-1)?.task === held.task
  }

  /** Adds a task and lets it go to its first point. */
  async run(name: string, seed: number, work: () => Promise<void>): Promise<void> {
    this.begin(name, seed, work)
    await this.resume(this.#held.length - 1)
  }

  /** Whoever is held at the database gets this error instead. */
  async failDatabase(error: Error): Promise<void> {
    const failing = this.#held.filter(({ place }) => place === 'read' || place === 'write')
    this.#held = this.#held.filter((held) => !failing.includes(held))
    for (const held of failing) await this.#untilQuiet(() => held.fail(error))
  }

  #untilQuiet(go: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#quiet = resolve
      go()
    })
  }
}
