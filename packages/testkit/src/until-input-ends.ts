/** Programs that tests start and never leave behind. */
import { type ChildProcessWithoutNullStreams, type SpawnOptions, spawn } from 'node:child_process'

/**
 * Runs a program until its input is ended, be it that we were killed. It reads nothing, and of ours it has only the
 * pipes that it is given.
 *
 * @param signal what ends it
 */
export function runUntilInputEnds(
  signal: 'QUIT' | 'TERM',
  [program, ...args]: readonly [string, ...string[]],
  options: Pick<SpawnOptions, 'cwd' | 'uid' | 'gid'> = {},
): ChildProcessWithoutNullStreams {
  const script = `exec 3<&0; (cat <&3; kill -${signal} $$) >/dev/null 2>&1 & exec "$@" 3<&- </dev/null`
  return spawn('/bin/sh', ['-c', script, 'sh', program, ...args], options)
}
