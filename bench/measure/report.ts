/** What a bench is asked for on the command line, and how it tells what it found. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

export interface BenchOptions {
  /** The least that shows whether the bench works; its figures say nothing. */
  readonly quick: boolean
  /** Whether the table takes the place of the one in docs/benchmarks.md. */
  readonly write: boolean
  /** A folder for CPU profiles of the servers, or none. */
  readonly profile: string | undefined
  /** Only this database: `SQLite` or `PostgreSQL`. */
  readonly database: string | undefined
  /** Only so many at a time. */
  readonly at: number | undefined
  /** So many runs, of which the median is taken. */
  readonly rounds: number | undefined
}

/** `--quick`, `--write`, `--profile FOLDER`, and to look at a part alone `--database NAME`, `--at NUMBER`, `--rounds NUMBER`. */
export function readOptions(): BenchOptions {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const options = { quick: flag, write: flag, profile: text, database: text, at: text, rounds: text }
  const { quick = false, write = false, profile, database, at, rounds } = parseArgs({ options }).values
  const numberOf = (given: string | undefined) => (given === undefined ? undefined : Number(given))
  return { quick, write, profile, database, at: numberOf(at), rounds: numberOf(rounds) }
}

/** The machine, in one line. */
export function describeMachine(): string {
  const memory = Math.round(totalmem() / 1024 ** 3)
  const [load = 0] = loadavg()
  const processors = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`
  return `${processors}, ${memory} GB, ${process.platform}, Node ${process.versions.node}, load ${load.toFixed(1)} at the start`
}

type Row = Readonly<Record<string, string | number | null>>

function markdownTable(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {})
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(names),
    line(names.map(() => '---')),
    ...rows.map((row) => line(names.map((n) => String(row[n] ?? '–')))),
  ].join('\n')
}

const page = join(import.meta.dirname, '..', '..', 'docs', 'benchmarks.md')

function writeIntoPage(bench: string, text: string): void {
  if (!existsSync(page)) throw new Error('There is no docs/benchmarks.md to write into.')
  const [begin, end] = [`<!-- ${bench} -->`, `<!-- end of ${bench} -->`]
  const before = readFileSync(page, 'utf8')
  const [from, to] = [before.indexOf(begin), before.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no place for ${bench}.`)
  writeFileSync(page, `${before.slice(0, from + begin.length)}\n${text}\n${before.slice(to)}`)
}

function commitOf(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return 'unknown'
  }
}

export interface Found {
  readonly bench: string
  /** As taken before the measurement. */
  readonly machine: string
  /** How it was measured: rounds, seconds, what the database makes durable. One sentence each. */
  readonly notes: readonly string[]
  readonly rows: readonly Row[]
  /** Everything that was measured, for machines. */
  readonly raw: unknown
}

/** Tells it as a table and as one line of JSON, and writes the table into the page where that was asked for. */
export function report({ bench, machine, notes, rows, raw }: Found, { write }: BenchOptions): void {
  const commit = commitOf()
  const table = markdownTable(rows)
  const about = [`${new Date().toISOString().slice(0, 10)}, commit ${commit}, ${machine}.`, ...notes].join(' ')
  console.log(`\n${bench}: ${about}\n\n${table}\n`)
  console.log(JSON.stringify({ bench, machine, commit, notes, rows, raw }))
  if (write) writeIntoPage(bench, `\n${about}\n\n${table}\n`)
}
