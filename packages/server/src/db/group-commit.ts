/**
 * The writer of SQLite: transactions one after another on one connection, and one COMMIT, thus one `fsync`, for all
 * that arrive in the same turn of the event loop.
 *
 * Each member runs in a savepoint of its own: one that throws is undone alone. Nobody hears of an outcome, good or
 * bad, before the COMMIT has succeeded, because every outcome may rest on what an earlier member did; when the outer
 * transaction fails, every member fails.
 */
import { AsyncResource } from 'node:async_hooks'
import type { DatabaseSync } from 'node:sqlite'

interface Member {
  /** False for work that must see nothing uncommitted and writes nothing. */
  readonly writes: boolean
  /** Does the work. Never throws: the outcome is kept until it is told. */
  run(): Promise<{ tell: () => void }>
  fail(error: unknown): void
}

export class GroupCommit {
  readonly #database: DatabaseSync
  readonly #waiting: Member[] = []
  #running: Promise<void> | null = null
  #closed = false

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Runs `work` in the group's transaction; it must open its own savepoint. Resolves once it is durable. */
  write<T>(work: () => Promise<T>): Promise<T> {
    return this.#add(true, work)
  }

  /** Runs `work` between two groups: alone on the connection, with nothing uncommitted in it. */
  between<T>(work: () => Promise<T>): Promise<T> {
    return this.#add(false, work)
  }

  /** Takes nothing new, and resolves when all that was taken is done. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  #add<T>(writes: boolean, work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('The database is closed.'))
    return new Promise((resolve, reject) => {
      // The loop runs in the asynchronous context of whoever came first; the work belongs in its caller's.
      const bound = AsyncResource.bind(work)
      this.#waiting.push({
        writes,
        run: () =>
          bound().then(
            (value) => ({ tell: () => resolve(value) }),
            (error: unknown) => ({ tell: () => reject(error) }),
          ),
        fail: reject,
      })
      this.#running ??= this.#run()
    })
  }

  async #run(): Promise<void> {
    // Everything that this turn of the event loop still brings comes into the group.
    await new Promise((resolve) => setImmediate(resolve))
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      if (next.writes) await this.#runGroup()
      else await this.#runNextAlone()
    }
    this.#running = null
  }

  async #runNextAlone(): Promise<void> {
    const outcome = await this.#waiting.shift()?.run()
    outcome?.tell()
  }

  async #runGroup(): Promise<void> {
    const members: Member[] = []
    const outcomes: { tell: () => void }[] = []
    try {
      this.#take(members)
      this.#database.exec('begin immediate')
      for (let member = members[0]; member; member = this.#take(members)) {
        outcomes.push(await member.run())
        if (!this.#database.isTransaction) throw new Error('The transaction was ended by an error: nothing was kept.')
      }
      this.#database.exec('commit')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('rollback')
      for (const member of members) member.fail(error)
      return
    }
    for (const outcome of outcomes) outcome.tell()
  }

  /** Moves the next waiting writer, if it is one, into the group. */
  #take(members: Member[]): Member | undefined {
    if (!this.#waiting[0]?.writes) return undefined
    const member = this.#waiting.shift()
    if (member) members.push(member)
    return member
  }
}
