/** From a history that fails to a short one that fails in the same way. */
import { type RunResult, runHistory } from './run.ts'

/** One pass: leaves out pieces of that many commands, wherever the run still fails with the same words. */
async function leaveOut(failed: RunResult, size: number): Promise<RunResult> {
  let shortest = failed
  let at = 0
  while (at < shortest.history.commands.length) {
    const { commands } = shortest.history
    const without = [...commands.slice(0, at), ...commands.slice(at + size)]
    const result = await runHistory({ ...failed.history, commands: without })
    if (result.violation === failed.violation) shortest = result
    else at += size
  }
  return shortest
}

/** Leaves out commands, large pieces first, until no single one can be left out. */
export async function shrink(failed: RunResult): Promise<RunResult> {
  let shortest = failed
  let size = Math.ceil(failed.history.commands.length / 2)
  while (true) {
    const before = shortest.history.commands.length
    shortest = await leaveOut(shortest, size)
    const isShorter = shortest.history.commands.length < before
    if (size === 1 && !isShorter) return shortest
    size = Math.max(1, Math.floor(size / 2))
  }
}
