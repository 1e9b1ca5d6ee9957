/** Random numbers that a seed brings back. */
export interface Seeded {
  /** An integer from 0 to `below`, without it. */
  below(below: number): number
  /** Whether something of this probability happens. */
  happens(probability: number): boolean
  /** Another source, of its own. */
  fork(): Seeded
}

/** A source by Mulberry32: enough for choosing what clients do, and for nothing secret. */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    below: (below) => Math.floor(next() * below),
    happens: (probability) => next() < probability,
    fork: () => seeded(Math.floor(next() * 2 ** 32)),
  }
}
