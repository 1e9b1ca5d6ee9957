/** The runner: outbox and sweeps of one process. */
import type { Context } from '../context.ts'
import { outboxTopic, takeAnnounced } from './enqueue.ts'
import type { OutboxHandlers } from './outbox.ts'
import { createOutboxRunner } from './run-outbox.ts'

const slowPoll = 5_000
const sweepEvery = 600_000

/** Forgets what is over. Runs at the start and every ten minutes. */
export type Sweep = (context: Context) => Promise<void>

export interface Jobs {
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
  /** Ends the runner; resolves when what was under way is done. */
  stop(): Promise<void>
}

/** A task that is never run twice at a time: asked for while it runs, it runs once more after. */
function oneAtATime(task: () => Promise<void>) {
  let running: Promise<void> | null = null
  let again = false
  const loop = async () => {
    do {
      again = false
      await task()
    } while (again)
    running = null
  }
  return {
    run(): void {
      if (running === null) running = loop()
      else again = true
    },
    settled: async () => {
      while (running !== null) await running
    },
  }
}

/** Starts delivering and sweeping. What goes wrong is logged and tried again; nothing is thrown. */
export function startJobs(
  context: Context,
  work: { readonly handlers: OutboxHandlers; readonly sweeps: readonly Sweep[] },
): Jobs {
  let stopped = false
  const timers = new Map<string, () => void>()

  const later = (name: string, pause: number, run: () => void) => {
    timers.get(name)?.()
    if (!stopped) timers.set(name, context.clock.at(context.clock.now() + pause, run))
  }

  const runner = createOutboxRunner(context, work.handlers, (isMore) => {
    if (isMore) outbox.run()
  })
  const outbox = oneAtATime(async () => {
    let pause = slowPoll
    try {
      if (!stopped) pause = Math.min(slowPoll, (await runner.begin()) ?? slowPoll)
    } catch (error) {
      context.log.error({ err: error }, 'the outbox could not be run')
    }
    later('outbox', pause, outbox.run)
  })

  const sweeps = oneAtATime(async () => {
    for (const sweep of work.sweeps) {
      try {
        if (!stopped) await sweep(context)
      } catch (error) {
        context.log.error({ err: error, sweep: sweep.name }, 'a sweep failed')
      }
    }
    later('sweeps', sweepEvery, sweeps.run)
  })

  const unsubscribe = context.wakeups.subscribe(outboxTopic, outbox.run)
  const takeNoMore = takeAnnounced(context, runner.take)
  outbox.run()
  sweeps.run()
  const settled = async () => {
    await outbox.settled()
    // What ended may have made room for more.
    while (await runner.settled()) await outbox.settled()
    await sweeps.settled()
  }
  return {
    settled,
    stop: async () => {
      stopped = true
      unsubscribe()
      takeNoMore()
      for (const cancel of timers.values()) cancel()
      await settled()
    },
  }
}
