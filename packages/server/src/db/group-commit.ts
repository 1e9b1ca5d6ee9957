/**
 * The writer of SQLite: transactions one after another on one connection, with one COMMIT and one `fdatasync` for all
 * that arrived while the group before was being made durable.
 *
 * Each member runs in a savepoint of its own: one that throws is undone alone. Nobody hears of an outcome, good or
 * bad, before what was committed is durable, because every outcome may rest on what an earlier member did; when the
 * outer transaction fails, every member fails. While the disk works, the event loop turns.
 */
import { AsyncResource } from 'node:async_hooks'
import type { DatabaseSync, StatementSync } from 'node:sqlite'

interface Member {
  /** False for work that must see nothing uncommitted and writes nothing. */
  readonly writes: boolean
  /** Does the work. Never throws: the outcome is kept until it is told. */
  run(): Promise<{ tell: () => void }>
  fail(error: unknown): void
}

const nothingPending = Promise.resolve()

export class GroupCommit {
  readonly #database: DatabaseSync
  readonly #sync: () => Promise<void>
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #waiting: Member[] = []
  #running = false
  /** Ends when all that was committed is durable; fails for ever once that could not be achieved. */
  #pending: Promise<void> = nothingPending

  /** `sync` makes durable what was committed before it was called. */
  constructor(database: DatabaseSync, sync: () => Promise<void>) {
    this.#database = database
    this.#sync = sync
    this.#begin = database.prepare('begin immediate')
    this.#commit = database.prepare('commit')
  }

  /** Resolves once everything that can be seen now is durable. */
  durable(): Promise<void> {
    return this.#pending
  }

  /** Runs `work` in the group's transaction; it must open its own savepoint. Resolves once it is durable. */
  write<T>(work: () => Promise<T>): Promise<T> {
    return this.#add(true, work)
  }

  /** Runs `work` between two groups: alone on the connection, with nothing uncommitted in it. */
  between<T>(work: () => Promise<T>): Promise<T> {
    return this.#add(false, work)
  }

  #add<T>(writes: boolean, work: () => Promise<T>): Promise<T> {
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
      if (!this.#running) this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting[0]) {
      // Everything that this turn of the event loop still brings comes into the group. And no chain of writes, each
      // begun as the one before ends, keeps the loop from turning.
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#waiting[0].writes) await this.#runGroup()
      else await this.#runNextAlone()
    }
    this.#running = false
  }

  async #runNextAlone(): Promise<void> {
    const outcome = await this.#waiting.shift()?.run()
    outcome?.tell()
  }

  async #runGroup(): Promise<void> {
    if (!(await this.#isBegun())) return
    const members: Member[] = []
    const outcomes: { tell: () => void }[] = []
    try {
      for (let member = this.#takeWriter(); member; member = this.#takeWriter()) {
        members.push(member)
        outcomes.push(await member.run())
        if (!this.#database.isTransaction) throw new Error('An error ended the transaction: nothing of it was kept.')
      }
      this.#commit.run()
    } catch (error) {
      this.#rollback()
      for (const member of members) member.fail(error)
      return
    }
    await this.#makeDurable().then(
      () => {
        for (const outcome of outcomes) outcome.tell()
      },
      (error: unknown) => {
        for (const member of members) member.fail(error)
      },
    )
  }

  /**
   * Where this fails, what was committed may be gone after a cut of power, and no later success would say otherwise: the
   * system may have forgotten what it could not write. Nothing is told or written any more until a restart reads what
   * is there.
   */
  async #makeDurable(): Promise<void> {
    const synced = this.#sync()
    this.#pending = synced
    // Whoever reads meanwhile hears of it; where nobody does, the members do.
    synced.catch(() => {})
    await synced
    this.#pending = nothingPending
  }

  /** Where another process keeps the database locked, all who wait fail together, rather than each after a wait. */
  async #isBegun(): Promise<boolean> {
    try {
      await this.#pending
      this.#begin.run()
      return true
    } catch (error) {
      for (const member of this.#waiting.splice(0)) member.fail(error)
      return false
    }
  }

  /** After a failed COMMIT. Where even this fails, the transaction stays open, and every later BEGIN fails for it. */
  #rollback(): void {
    try {
      if (this.#database.isTransaction) this.#database.exec('rollback')
    } catch {
      // The first error is the one to tell.
    }
  }

  #takeWriter(): Member | undefined {
    return this.#waiting[0]?.writes ? this.#waiting.shift() : undefined
  }
}
