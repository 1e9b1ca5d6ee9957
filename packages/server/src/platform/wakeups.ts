/**
 * Telling those who wait that something may have changed. A wake-up carries a topic (`approval:ID`, `device:ID`), never
 * content: whoever wakes reads the truth from the database. It is published after the commit, may be lost, and may
 * come twice; a slow poll covers lost ones.
 */

export interface Wakeups {
  publish(topic: string): void
  /** Gives back how to stop. `fn` is called within `publish`, and only notes that it has something to do. */
  subscribe(topic: string, fn: () => void): () => void
}

/** Wake-ups within one process. */
export function createWakeups(): Wakeups {
  const subscribers = new Map<string, Set<() => void>>()
  return {
    publish(topic) {
      for (const fn of [...(subscribers.get(topic) ?? [])]) fn()
    },
    subscribe(topic, fn) {
      // Each subscription is its own entry, also when the same function subscribes twice.
      const call = () => fn()
      const calls = subscribers.get(topic) ?? new Set()
      subscribers.set(topic, calls.add(call))
      return () => {
        calls.delete(call)
        if (calls.size === 0 && subscribers.get(topic) === calls) subscribers.delete(topic)
      }
    },
  }
}
