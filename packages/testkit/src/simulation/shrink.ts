/** From a history that fails to a short one that fails in the same way. */
import type { Command, History } from './commands.ts'
import { type RunResult, runHistory } from './run.ts'

const withCommands = (history: History, commands: readonly Command[]): History => ({ ...history, commands })

/**
 * Leaves out commands for as long as the run still fails with the same words: large pieces first, then one by one,
 * until no single one can be left out.
 */
export async function shrink(failed: RunResult): Promise<RunResult> {
  let shortest = failed
  for (let size = Math.ceil(failed.history.commands.length / 2); size >= 1; size = Math.floor(size / 2)) {
    let at = 0
    while (at < shortest.history.commands.length) {
      const { commands } = shortest.history
      const without = [...commands.slice(0, at), ...commands.slice(at + size)]
      const result = await runHistory(withCommands(failed.history, without))
      if (result.violation === failed.violation) shortest = result
      else at += size
    }
  }
  return shortest
}
