/**
 * The simulation: server, phones, pages and operator in one thread, where a seed decides who goes next.
 *
 * Promises that a seed replays to the letter. Must never take a rule from the server: what is safe is written down here
 * a second time, from the protocol.
 */
import { historyOf } from './commands.ts'
import { type RunResult, runHistory } from './run.ts'

export type { RunResult } from './run.ts'
export { shrink } from './shrink.ts'
export { type Sometimes, sometimesNames } from './sometimes.ts'

/** Lives through the history of a seed, with that many commands. */
export const simulate = (seed: number, steps: number): Promise<RunResult> => runHistory(historyOf(seed, steps))
