/** A clock that stands still until it is moved. */

interface Timer {
  readonly at: number
  readonly fn: () => void
}

/** Fits the server's `Clock`. Given to `openDatabase`, it also moves `now_ms()`. */
export class TestClock {
  #now: number
  #timers: Timer[] = []
  readonly #followers: ((now: number) => Promise<void>)[] = []

  /** Starts at `now`, in milliseconds since the epoch: an ordinary Tuesday unless told otherwise. */
  constructor(now = Date.UTC(2026, 2, 10, 12)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  at(ms: number, fn: () => void): () => void {
    const timer = { at: ms, fn }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  async onMove(tell: (now: number) => Promise<void>): Promise<void> {
    this.#followers.push(tell)
    await tell(this.#now)
  }

  /**
   * Moves the clock by `ms`, stopping at every timer on the way: in the order of their times, each fired with the clock
   * showing its time, then one turn of the event loop. Timers that are already due fire too.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (let timer = this.#takeDue(end); timer; timer = this.#takeDue(end)) {
      await this.#moveTo(Math.max(timer.at, this.#now))
      timer.fn()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await this.#moveTo(end)
  }

  #takeDue(end: number): Timer | undefined {
    const first = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]
    this.#timers = this.#timers.filter((timer) => timer !== first)
    return first
  }

  async #moveTo(now: number): Promise<void> {
    this.#now = now
    await Promise.all(this.#followers.map((tell) => tell(now)))
  }
}
