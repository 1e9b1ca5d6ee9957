/** What the clients of a server that is killed again and again saw: one record for each attempt, in order. */

/**
 * `ok`: the server acknowledged it. `refused`: the server said no, so that it did nothing. `unknown`: no answer came, or
 * none that says what was done.
 */
export type Ending = 'ok' | 'refused' | 'unknown'

/** What was attempted. */
export type Attempt =
  /** The phone was shown a request. */
  | { readonly kind: 'show'; readonly approval: string; readonly device: string }
  /** The phone's signed answer, or a code typed on the page. */
  | {
      readonly kind: 'decide'
      readonly approval: string
      readonly device: string
      readonly by: 'network' | 'code'
      readonly decision: 'approved' | 'declined'
    }
  /** Somebody collects the result. */
  | { readonly kind: 'redeem'; readonly approval: string; readonly redemption: string }
  /** A code is sent to a number. */
  | { readonly kind: 'send-code'; readonly number: string }
  /** A phone was linked. */
  | { readonly kind: 'activate'; readonly device: string }

export type Recorded = Attempt & {
  readonly client: string
  readonly ending: Ending
  /** The code of the refusal. */
  readonly code?: string
}

/** Grows while clients work. */
export class History {
  readonly #records: Recorded[] = []
  #grown = Promise.withResolvers<void>()

  get records(): readonly Recorded[] {
    return this.#records
  }

  add(record: Recorded): void {
    this.#records.push(record)
    this.#grown.resolve()
    this.#grown = Promise.withResolvers<void>()
  }

  /** Resolves once so many more records are there. */
  async more(count: number): Promise<void> {
    const wanted = this.#records.length + count
    while (this.#records.length < wanted) await this.#grown.promise
  }

  /** How many attempts of a kind ended in a way. */
  count(kind: Attempt['kind'], ending: Ending): number {
    return this.#records.filter((record) => record.kind === kind && record.ending === ending).length
  }
}
