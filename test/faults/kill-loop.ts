/** Killing a server under load, again and again, and looking at what is left. */
import { setTimeout as delay } from 'node:timers/promises'
import { checkHistory } from './check-history.ts'
import type { History } from './history.ts'
import { type KillableServer, ServerGone } from './killable-server.ts'
import { load } from './load.ts'
import { seeded } from './seeded.ts'
import { setStage } from './stage.ts'

export interface KillLoop {
  readonly databaseUrl: string
  /** The server's; the next one is used too. */
  readonly port: number
  readonly kills: number
  /** Chooses what clients do and when the server is killed. What the two make of each other is chance. */
  readonly seed: number
}

export interface LoopResult {
  /** One sentence for each broken promise. */
  readonly faults: readonly string[]
  readonly history: History
}

/** Starts a server and kills it so many milliseconds later, whether it was ready by then or not. */
async function killDuringStart(server: KillableServer, milliseconds: number): Promise<void> {
  const starting = server.start().catch((error: unknown) => {
    if (!(error instanceof ServerGone)) throw error
  })
  await delay(milliseconds)
  await server.kill()
  await starting
}

/** Runs the loop: kills, at times during a start, restarts on the same database with the same keys, and one orderly end. */
export async function runKillLoop({ databaseUrl, port, kills, seed }: KillLoop): Promise<LoopResult> {
  const random = seeded(seed)
  await using stage = await setStage(databaseUrl, port, 30 + 10 * kills)
  await stage.server.start()
  const working = load(stage, random.fork())
  try {
    for (let kill = 0; kill < kills; kill++) {
      // Right after the start at times, else in the middle of the work, somewhere between two of its steps.
      await Promise.race([stage.history.more(random.below(120)), working])
      await delay(random.below(6))
      await stage.server.kill()
      if (random.happens(0.2)) await killDuringStart(stage.server, random.below(600))
      await stage.server.start()
    }
    await Promise.race([stage.history.more(60), working])
  } finally {
    stage.ending.abort()
  }
  await working
  await stage.server.stop()
  return { faults: checkHistory(stage.history.records, await stage.readFacts()), history: stage.history }
}
