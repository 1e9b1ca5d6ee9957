/** For tests: a Countersign that answers as it is told, and a process that dies at any statement of its database. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { EndReason } from './account-view.ts'
import type { Approver, Question } from './approver.ts'
import { openDatabase } from './database.ts'
import { transferAction } from './transfer.ts'
import { transferStore } from './transfer-store.ts'
import { type Transfers, transfersOf } from './transfers.ts'

interface Asking extends Question {
  readonly approval: string
  state: 'pending' | 'approved' | EndReason
  redemption: string | null
}

export interface ApproverForTests extends Approver {
  /** Everything that was ever asked. */
  readonly asked: Asking[]
  /** Whether it answers at all. */
  reachable: boolean
  /** Why it asks nobody, if it does not. */
  refusal: EndReason | null
  /** Data that receipts have instead of what was asked. */
  lie: Record<string, string>
}

export function approverForTests(): ApproverForTests {
  const asked: Asking[] = []
  const approver: ApproverForTests = {
    asked,
    reachable: true,
    refusal: null,
    lie: {},
    ask: async (question) => {
      if (!approver.reachable) return { kind: 'unreachable' }
      if (approver.refusal !== null) return { kind: 'refused', reason: approver.refusal }
      const { key, session, data } = question
      const alive = asked.find((one) => one.session === session && one.state === 'pending')
      const isSame = alive !== undefined && JSON.stringify(alive.data) === JSON.stringify(data)
      const known = asked.find((one) => one.key === key) ?? (isSame ? alive : undefined)
      if (known === undefined) {
        // In a session one question is alive: the newest.
        if (alive !== undefined) alive.state = 'cancelled'
        asked.push({ ...question, approval: `apr_${asked.length}`, state: 'pending', redemption: null })
      }
      const { approval } = known ?? asked.at(-1) ?? { approval: '' }
      return { kind: 'asked', approval, pageToken: `cpt_${approval}` }
    },
    look: async (approval) => {
      const found = asked.find((one) => one.approval === approval)
      if (!approver.reachable || found === undefined) return { kind: 'unreachable' }
      const { state } = found
      return state === 'pending' || state === 'approved' ? { kind: state } : { kind: 'over', reason: state }
    },
    collect: async (approval, redemption) => {
      const found = asked.find((one) => one.approval === approval)
      if (!approver.reachable || found === undefined) return { kind: 'unreachable' }
      const isOthers = found.redemption !== null && found.redemption !== redemption
      if (found.state !== 'approved' || isOthers) return { kind: 'refused', reason: 'void' }
      found.redemption = redemption
      const data = { ...found.data, ...approver.lie }
      const document = { approval, account: found.subject, action: transferAction, data }
      return { kind: 'collected', document, receipt: `receipt of ${approval}` }
    },
  }
  return approver
}

class Crash extends Error {}

export interface Process {
  readonly transfers: Transfers
  /** Dies before so many more steps, or at none. A step is a statement of the database, a commit, a call of Countersign. */
  dieAfter(steps: number | null): void
  /** Whether it has died since it was asked; then another one begins, with what was committed. */
  restartIfDead(): boolean
  /** The database as it is on disk, for looking at. */
  readonly db: DatabaseSync
  /** Milliseconds since the epoch. */
  time: number
  close(): void
}

/** @param fill makes what the history begins with */
export function startProcess(approver: Approver, fill: (db: DatabaseSync) => void): Process {
  const directory = mkdtempSync(join(tmpdir(), 'strand-process-'))
  let left: number | null = null
  let dead = false
  const open = () => {
    const opened = openDatabase(directory)
    // It is the process that dies, not the machine.
    opened.exec('PRAGMA synchronous = OFF')
    return opened
  }
  let db = open()
  fill(db)

  const step = () => {
    if (left !== null && left-- === 0) dead = true
    if (dead) throw new Crash()
  }
  // Whatever a dead process does has no effect: not even the rollback of what it had begun.
  const mortal = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => {
          step()
          const result: unknown = Reflect.apply(member, target, args)
          if (args[0] === 'COMMIT') step()
          if (result instanceof Promise) return result.finally(step)
          return name === 'prepare' && typeof result === 'object' && result !== null ? mortal(result) : result
        }
      },
    })
  const begin = () =>
    transfersOf({
      store: transferStore(mortal(db)),
      approver: mortal(approver),
      server: 'https://id.example',
      now: () => process.time,
      log: () => undefined,
    })
  let transfers = begin()
  const process: Process = {
    time: Date.UTC(2026, 10, 23),
    get transfers() {
      return transfers
    },
    get db() {
      return db
    },
    dieAfter: (steps) => {
      left = steps
    },
    restartIfDead: () => {
      left = null
      if (!dead) return false
      db.close()
      db = open()
      dead = false
      transfers = begin()
      return true
    },
    close: () => {
      db.close()
      rmSync(directory, { recursive: true })
    },
  }
  return process
}
