/** A terminal for tests: keeps what is said, answers what it was told to. */

import { run } from './command.ts'
import { UsageFault } from './exit.ts'
import type { Question, Terminal } from './terminal.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
  readonly asked: readonly string[]
}

export interface Circumstances {
  readonly environment?: Readonly<Record<string, string>>
  /** By what is asked for; the first one whose key begins the question. */
  readonly answers?: Readonly<Record<string, string | (() => Promise<string>)>>
  readonly signal?: AbortSignal
  readonly onPrint?: (line: string) => void
}

/** Runs `countersign` with these arguments. */
export async function countersign(args: readonly string[], given: Circumstances = {}): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const asked: string[] = []
  const { environment = {}, answers = {} } = given
  async function ask({ text, variable }: Question): Promise<string> {
    const value = variable === undefined ? undefined : environment[variable]
    if (value !== undefined) return value
    asked.push(text)
    const answer = Object.entries(answers).find(([key]) => text.startsWith(key))?.[1]
    if (answer === undefined) throw new UsageFault(`No answer was given to "${text}".`)
    return typeof answer === 'string' ? answer : answer()
  }
  const terminal: Terminal = {
    environment,
    signal: given.signal ?? new AbortController().signal,
    print: (text) => {
      out.push(text)
      given.onPrint?.(text)
    },
    complain: (text) => void err.push(text),
    ask,
  }
  const code = await run([...args], terminal)
  return { code, out: out.join('\n'), err: err.join('\n'), asked }
}
