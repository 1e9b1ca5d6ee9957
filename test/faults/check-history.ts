/** PURE: whether what a database holds can be reconciled with what its clients were told. */
import type { Attempt, Recorded } from './history.ts'

export interface ApprovalFacts {
  readonly id: string
  readonly device: string
  readonly state: 'pending' | 'approved' | 'declined' | 'expired' | 'cancelled'
  readonly redemption: string | null
}

/** What is there after the last restart. */
export interface Facts {
  readonly approvals: readonly ApprovalFacts[]
  readonly devices: readonly { readonly id: string; readonly state: string }[]
  /** The audit of approvals, in order. */
  readonly audit: readonly { readonly approval: string; readonly kind: string }[]
  /** The numbers that SMS reached, one entry for each SMS. */
  readonly sent: readonly string[]
  /** The numbers of the SMS that wait in the outbox and are of use still. */
  readonly waiting: readonly string[]
}

const terminal = ['approval.approved', 'approval.declined', 'approval.expired', 'approval.cancelled']

type Of<Kind extends Attempt['kind']> = Extract<Recorded, { kind: Kind }>

const isOf =
  <Kind extends Attempt['kind']>(kind: Kind) =>
  (record: Recorded): record is Of<Kind> =>
    record.kind === kind

const acknowledged = ({ ending }: Recorded): boolean => ending === 'ok'
const possiblyDone = ({ ending }: Recorded): boolean => ending !== 'refused'

function decisionFaults(approval: ApprovalFacts, decisions: readonly Of<'decide'>[]): string[] {
  const told = new Set(decisions.filter(acknowledged).map(({ decision }) => decision))
  const faults = [...told]
    .filter((decision) => decision !== approval.state)
    .map((decision) => `${approval.id} was acknowledged as ${decision}, and is ${approval.state}`)
  if (told.size > 1) faults.push(`${approval.id} was decided twice: ${[...told].join(' and ')}`)
  const { state } = approval
  const hasAuthor = decisions.some(
    (one) => one.decision === state && one.device === approval.device && possiblyDone(one),
  )
  if ((state === 'approved' || state === 'declined') && !hasAuthor) {
    faults.push(`${approval.id} is ${state}, and nobody who could have decided so is known`)
  }
  return faults
}

function redemptionFaults(approval: ApprovalFacts, redemptions: readonly Of<'redeem'>[]): string[] {
  const told = new Set(redemptions.filter(acknowledged).map(({ redemption }) => redemption))
  const faults = [...told]
    .filter((redemption) => redemption !== approval.redemption)
    .map((redemption) => `${approval.id} was redeemed by ${redemption}, and ${approval.redemption} is written down`)
  if (told.size > 1) faults.push(`${approval.id} was redeemed twice: by ${[...told].join(' and ')}`)
  if (approval.redemption !== null) {
    if (approval.state !== 'approved') faults.push(`${approval.id} was redeemed, and is ${approval.state}`)
    const isKnown = redemptions.some((one) => one.redemption === approval.redemption && possiblyDone(one))
    if (!isKnown) faults.push(`${approval.id} was redeemed by ${approval.redemption}, which nobody asked for`)
  }
  const lost = redemptions.filter(({ code }) => code === 'already_redeemed')
  for (const { redemption } of lost) {
    const byAnother = approval.redemption !== null && approval.redemption !== redemption
    if (!byAnother) faults.push(`${approval.id} was refused to ${redemption} as redeemed, and no other one has it`)
  }
  return faults
}

function auditFaults(approval: ApprovalFacts, kinds: readonly string[]): string[] {
  const ended = kinds.filter((kind) => terminal.includes(kind))
  const wanted = approval.state === 'pending' ? [] : [`approval.${approval.state}`]
  const count = (wantedKind: string) => kinds.filter((kind) => kind === wantedKind).length
  const faults: string[] = []
  if (count('approval.started') !== 1) faults.push(`${approval.id} has ${count('approval.started')} rows of its start`)
  if (ended.join() !== wanted.join()) {
    faults.push(`${approval.id} is ${approval.state}, and its audit ends with [${ended.join(', ')}]`)
  }
  const redeemed = approval.redemption === null ? 0 : 1
  if (count('approval.redeemed') !== redeemed) {
    faults.push(`${approval.id} has ${count('approval.redeemed')} rows of redemption, not ${redeemed}`)
  }
  return faults
}

function smsFaults(records: readonly Recorded[], { sent, waiting }: Facts): string[] {
  const count = (numbers: readonly string[], wanted: string) => numbers.filter((number) => number === wanted).length
  const codes = records.filter(isOf('send-code')).filter(acknowledged)
  return [...new Set(codes.map(({ number }) => number))].flatMap((number) => {
    const told = codes.filter((code) => code.number === number).length
    const there = count(sent, number) + count(waiting, number)
    return there >= told ? [] : [`${told} codes to ${number} were acknowledged, and ${there} were sent or wait`]
  })
}

function deviceFaults(records: readonly Recorded[], { devices }: Facts): string[] {
  return records
    .filter(isOf('activate'))
    .filter(acknowledged)
    .flatMap(({ device }) => {
      const state = devices.find(({ id }) => id === device)?.state
      return state === 'active' ? [] : [`${device} was acknowledged as linked, and is ${state ?? 'not there'}`]
    })
}

const grouped = <Value>(values: readonly Value[], keyOf: (value: Value) => string): ReadonlyMap<string, Value[]> =>
  Map.groupBy(values, keyOf)

/**
 * One sentence for each promise that was broken:
 * nothing that was acknowledged is lost (requests shown, decisions, redemptions, linked phones, codes by SMS, which
 * leave at least once); nothing is decided twice, redeemed by two, or done without anybody having asked for it; and the
 * audit has one row for each start, each end and each redemption.
 */
export function checkHistory(records: readonly Recorded[], facts: Facts): string[] {
  const known = new Set(facts.approvals.map(({ id }) => id))
  const mentioned = records.flatMap((record) => ('approval' in record && acknowledged(record) ? [record.approval] : []))
  const lost = [...new Set(mentioned)].filter((id) => !known.has(id))
  const decisions = grouped(records.filter(isOf('decide')), ({ approval }) => approval)
  const redemptions = grouped(records.filter(isOf('redeem')), ({ approval }) => approval)
  const audit = grouped(facts.audit, ({ approval }) => approval)
  return [
    ...lost.map((id) => `${id} was acknowledged, and is not there`),
    ...facts.approvals.flatMap((approval) => [
      ...decisionFaults(approval, decisions.get(approval.id) ?? []),
      ...redemptionFaults(approval, redemptions.get(approval.id) ?? []),
      ...auditFaults(
        approval,
        (audit.get(approval.id) ?? []).map(({ kind }) => kind),
      ),
    ]),
    ...deviceFaults(records, facts),
    ...smsFaults(records, facts),
  ]
}
