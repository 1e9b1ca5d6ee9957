/** What happened, in order, for whoever looks back and for whoever waits. */
export class Log<Entry> {
  readonly #all: Entry[] = []
  readonly #waiting = new Set<() => void>()

  get all(): readonly Entry[] {
    return this.#all
  }

  add(entry: Entry): void {
    this.#all.push(entry)
    for (const look of this.#waiting) look()
  }

  /** The nth entry (from 1) of those that pass, waiting for it. */
  nth(nth: number, passes: (entry: Entry) => boolean = () => true): Promise<Entry> {
    return this.#find(0, nth, passes)
  }

  /** The first entry from now on that passes. */
  next(passes: (entry: Entry) => boolean = () => true): Promise<Entry> {
    return this.#find(this.#all.length, 1, passes)
  }

  #find(from: number, nth: number, passes: (entry: Entry) => boolean): Promise<Entry> {
    const { promise, resolve } = Promise.withResolvers<Entry>()
    let at = from
    let missing = nth
    const look = () => {
      for (const entry of this.#all.slice(at)) {
        at += 1
        if (!passes(entry)) continue
        missing -= 1
        if (missing > 0) continue
        this.#waiting.delete(look)
        return resolve(entry)
      }
    }
    this.#waiting.add(look)
    look()
    return promise
  }
}
