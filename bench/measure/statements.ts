/** PURE: from recorded statements to steps that can be done again with other names and times. */
import type { Names, RecordedStatement, Recording } from './recorded.ts'

/** One statement, to be done again. */
export interface RepeatableStatement {
  readonly sql: string
  readonly name: string | null
  readonly answersRows: boolean
  /** Its parameters with these names, so many milliseconds after the recorded one. */
  parametersOf(names: Names, passed: number): unknown[]
}

/** What one connection is asked between two others: a read, or a transaction from its begin to its commit. */
export type Step =
  | { readonly kind: 'read'; readonly statement: RepeatableStatement }
  | { readonly kind: 'write'; readonly statements: readonly RepeatableStatement[] }

const begins = /^(begin|start transaction)/i
const ends = /^commit/i
const savepoints = /^(savepoint|release)/i

type Make = (names: Names, passed: number) => unknown

/** How a parameter follows from the names and the time. Documents stay as they are, for nothing looks into them. */
function makerOf(value: unknown, { names, at }: Recording): Make {
  if (typeof value === 'number' && Math.abs(value - at) < 600_000) return (_, passed) => value + passed
  if (typeof value !== 'string' || value.length > 200) return () => value
  const inside = Object.entries(names).filter(([, name]) => value.includes(name))
  if (inside.length === 0) return () => value
  return (fresh) => inside.reduce((text, [name, old]) => text.replace(old, fresh[name] ?? old), value)
}

function repeatable(statement: RecordedStatement, recording: Recording): RepeatableStatement {
  const makers = statement.parameters.map((value) => makerOf(value, recording))
  return {
    sql: statement.sql,
    name: statement.name,
    answersRows: statement.answersRows,
    parametersOf: (fresh, passed) => makers.map((make) => make(fresh, passed)),
  }
}

/** The steps that were recorded, in the order in which they began. */
export function stepsOf(recording: Recording): Step[] {
  const steps: Step[] = []
  const open = new Map<number, RepeatableStatement[]>()
  for (const statement of recording.statements) {
    const transaction = open.get(statement.connection)
    if (begins.test(statement.sql)) {
      const inside: RepeatableStatement[] = []
      open.set(statement.connection, inside)
      steps.push({ kind: 'write', statements: inside })
    } else if (ends.test(statement.sql)) open.delete(statement.connection)
    else if (savepoints.test(statement.sql)) continue
    else if (transaction === undefined) steps.push({ kind: 'read', statement: repeatable(statement, recording) })
    else transaction.push(repeatable(statement, recording))
  }
  return steps
}

/** What that asks of the database, in words. */
export function describeSteps(steps: readonly Step[]): string {
  const writes = steps.filter((step) => step.kind === 'write')
  const statements = writes.reduce((sum, write) => sum + write.statements.length, 0)
  return `${steps.length - writes.length} reads and ${writes.length} transactions with ${statements} statements`
}
