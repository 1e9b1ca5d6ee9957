/** PURE: from the recorded statements of one cycle to something that can be done again with other names and times. */
import type { CycleNames, RecordedStatement } from './messages.ts'

/** One statement of a cycle, to be done again. */
export interface RepeatableStatement {
  readonly sql: string
  readonly name: string | null
  readonly answersRows: boolean
  /** Its parameters in a cycle with these names, `passed` milliseconds after the recorded one. */
  parametersOf(names: CycleNames, passed: number): unknown[]
}

/** What one connection is asked between two others: a read, or a transaction from its begin to its commit. */
export type Step =
  | { readonly kind: 'read'; readonly statement: RepeatableStatement }
  | { readonly kind: 'write'; readonly statements: readonly RepeatableStatement[] }

const begins = /^(begin|start transaction)/i
const ends = /^commit/i
const savepoints = /^(savepoint|release)/i

type Make = (names: CycleNames, passed: number) => unknown

const names = ['account', 'device', 'thumbprint', 'approval', 'requester', 'redemption', 'nonce'] as const

/** How a parameter follows from the names and the time: documents stay as they are, for nothing looks into them. */
function makerOf(value: unknown, recorded: CycleNames, recordedAt: number): Make {
  if (typeof value === 'number' && Math.abs(value - recordedAt) < 600_000) return (_, passed) => value + passed
  if (typeof value !== 'string' || value.length > 200) return () => value
  const inside = names.filter((name) => value.includes(recorded[name]))
  if (inside.length === 0) return () => value
  return (fresh) => inside.reduce((text, name) => text.replace(recorded[name], fresh[name]), value)
}

function repeatable(statement: RecordedStatement, recorded: CycleNames, recordedAt: number): RepeatableStatement {
  const makers = statement.parameters.map((value) => makerOf(value, recorded, recordedAt))
  return {
    sql: statement.sql,
    name: statement.name,
    answersRows: statement.answersRows,
    parametersOf: (fresh, passed) => makers.map((make) => make(fresh, passed)),
  }
}

/** The steps of the cycle that was recorded, in the order in which they began. */
export function stepsOf(statements: readonly RecordedStatement[], recorded: CycleNames, recordedAt: number): Step[] {
  const steps: Step[] = []
  const open = new Map<number, RepeatableStatement[]>()
  for (const statement of statements) {
    const transaction = open.get(statement.connection)
    if (begins.test(statement.sql)) {
      const inside: RepeatableStatement[] = []
      open.set(statement.connection, inside)
      steps.push({ kind: 'write', statements: inside })
    } else if (ends.test(statement.sql)) open.delete(statement.connection)
    else if (transaction === undefined)
      steps.push({ kind: 'read', statement: repeatable(statement, recorded, recordedAt) })
    else if (!savepoints.test(statement.sql)) transaction.push(repeatable(statement, recorded, recordedAt))
  }
  return steps
}

/** How many of what a cycle asks of the database. */
export function countOf(steps: readonly Step[]): { reads: number; transactions: number; statementsInThem: number } {
  const writes = steps.filter((step) => step.kind === 'write')
  return {
    reads: steps.length - writes.length,
    transactions: writes.length,
    statementsInThem: writes.reduce((sum, { statements }) => sum + statements.length, 0),
  }
}
