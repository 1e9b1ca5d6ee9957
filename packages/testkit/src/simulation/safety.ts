/**
 * What must hold after every step: each change from one state of the database to the next is one that the protocol
 * allows, with the audit rows of exactly that. Written from the protocol, without the server's rules.
 */
import { changedApproval, type Demand, endOf, newApproval, type Step } from './approval-safety.ts'
import { checkRenewals } from './renewal-safety.ts'
import type { SimulatedWorld } from './simulated-world.ts'
import { type ApprovalRow, type AuditRow, emptySnapshot, readAudit, type Snapshot, takeSnapshot } from './snapshot.ts'
import { checkTries } from './tries-safety.ts'
import { checkWebhooks } from './webhook-safety.ts'

/** Rows of the audit that a change must have written, as `kind about`. */
type Expected = string[]

export class Safety {
  readonly #world: SimulatedWorld
  #before: Snapshot = emptySnapshot
  #seq = 0
  #writes = -1
  /** Wrong proofs since the last right one, by device. */
  readonly #wrongProofs = new Map<string, number>()

  constructor(world: SimulatedWorld) {
    this.#world = world
  }

  /** Checks what the last step has changed. */
  async check(): Promise<void> {
    const world = this.#world
    if (world.writes === this.#writes) return
    this.#writes = world.writes
    const before = this.#before
    const after = await takeSnapshot(world.database)
    const audit = await readAudit(world.database, this.#seq)
    this.#before = after
    this.#seq = audit.at(-1)?.seq ?? this.#seq

    const demand: Demand = (holds, otherwise) => world.demand(holds, otherwise)
    const step = { before, after, now: world.clock.now(), world, demand }
    const expected: Expected = []
    for (const row of after.approvals.values()) {
      const earlier = before.approvals.get(row.id)
      expected.push(...(earlier === undefined ? newApproval(step, row) : changedApproval(step, earlier, row)))
    }
    for (const id of before.approvals.keys()) demand(after.approvals.has(id), 'an approval is gone')
    expected.push(...checkTries(step, this.#wrongProofs))
    expected.push(...checkRenewals(step))
    checkWebhooks(step)
    expected.push(...this.#checkGround(step, demand))
    demandAudit(audit, expected, demand)
    demandSingles(after, demand)
    for (const row of after.approvals.values()) demandGround(step, row)
    world.codesAccepted.clear()
  }

  #checkGround({ before, after }: { before: Snapshot; after: Snapshot }, demand: Demand): Expected {
    const expected: Expected = []
    for (const [id, device] of after.devices) {
      const state = before.devices.get(id)?.state ?? 'linking'
      if (state === device.state) continue
      demand(state !== 'removed', 'a removed device came back')
      demand(state !== 'blocked' || device.state === 'removed', 'a blocked device came back')
      if (device.state === 'blocked') this.#world.happened('a device was blocked')
      if (device.state !== 'removed') continue
      demand(device.unlock_secret.length === 0, 'the secret of a removed device was kept')
      expected.push(`device.removed ${id}`)
    }
    for (const [id, state] of after.accounts) {
      if (before.accounts.get(id) === 'active' && state === 'locked') expected.push(`account.locked ${id}`)
      demand(before.accounts.get(id) !== 'locked' || state === 'locked', 'a locked account came back by itself')
    }
    return expected
  }
}

/** Whoever was locked, and a device that was removed, is not asked any more. */
function demandGround({ after, now, demand }: Step, row: ApprovalRow): void {
  if (row.state !== 'pending' || now >= endOf(row)) return
  demand(after.accounts.get(row.account_id) === 'active', 'a locked account has something that waits')
  demand(after.devices.get(row.device_id)?.state !== 'removed', 'a removed device has something that waits')
}

const audited = /^(approval\.|renewal\.|device\.(removed|renewed)$|account\.locked$)/

/** A wrong passcode is the same to the tries, whatever it was for. */
const wrongPasscode = /^(approval|renewal)\.unlock-failed$/

/** The audit says what happened, all of it, and nothing else. */
function demandAudit(audit: readonly AuditRow[], expected: readonly string[], demand: Demand): void {
  const written = audit
    .filter(({ kind }) => audited.test(kind))
    .map(({ kind, about }) => `${kind.replace(wrongPasscode, 'unlock-failed')} ${about}`)
  const left = [...expected]
  for (const row of written) {
    const at = left.indexOf(row)
    // Locking what is locked is told again.
    demand(at >= 0 || row.startsWith('account.locked'), `the audit says what did not happen: ${row.split(' ')[0]}`)
    if (at >= 0) left.splice(at, 1)
  }
  demand(left.length === 0, `the audit lacks what happened: ${left[0]?.split(' ')[0]}`)
}

function demandSingles(after: Snapshot, demand: Demand): void {
  const live = [...after.approvals.values()].map((row) => row.live_key).filter((key) => key !== null)
  demand(new Set(live).size === live.length, 'a live key is there twice')
  const asked = [...after.devices.values()].filter((device) => device.authenticating === 1)
  const accounts = asked.map((device) => device.account_id)
  demand(new Set(accounts).size === accounts.length, 'an account has two devices that are asked')
}
