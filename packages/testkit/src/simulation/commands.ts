/** What may happen, and how a seed becomes a list of it. */
import { SeededRandom } from './seeded-random.ts'

/** Each kind with how often it comes, and whether a seed may leave it out or favour it. */
const kinds = {
  resume: { weight: 55, steady: true },
  advance: { weight: 6, steady: true },
  leap: { weight: 0.15, steady: false },
  'page.start': { weight: 4, steady: true },
  'page.look': { weight: 4, steady: true },
  'page.offline': { weight: 3, steady: false },
  'page.next': { weight: 3, steady: false },
  'page.respond': { weight: 6, steady: false },
  'page.cancel': { weight: 0.5, steady: false },
  'page.redeem': { weight: 5, steady: true },
  'phone.look': { weight: 6, steady: true },
  'phone.approve': { weight: 6, steady: true },
  'phone.decline': { weight: 2, steady: false },
  'phone.repeat': { weight: 2, steady: false },
  'phone.renew': { weight: 5, steady: false },
  'page.wake': { weight: 1.5, steady: false },
  'push.send': { weight: 4, steady: true },
  'push.arrive': { weight: 4, steady: true },
  'webhook.send': { weight: 4, steady: true },
  'operator.lock': { weight: 0.1, steady: false },
  'operator.remove': { weight: 0.5, steady: false },
  'operator.link': { weight: 1.5, steady: true },
  sweep: { weight: 1.5, steady: true },
  restart: { weight: 0.5, steady: false },
} as const satisfies Record<string, { weight: number; steady: boolean }>

export type Kind = keyof typeof kinds

/** What a seed may be mostly about: by the beginning of a kind's name, how much more of it comes. */
const themes: readonly (readonly (readonly [prefix: string, factor: number])[])[] = [
  [],
  [
    ['page.offline', 4],
    ['page.next', 4],
    ['page.respond', 8],
    ['phone.', 0.3],
  ],
  [
    ['phone.renew', 4],
    ['phone.', 3],
    ['page.redeem', 4],
    ['restart', 3],
  ],
  [
    ['phone.decline', 0],
    ['phone.renew', 1],
    ['phone.', 5],
    ['page.start', 2],
    ['page.', 0.3],
  ],
]

/** One command: what it does depends on these numbers and the state it meets; where it fits nothing, it does nothing. */
export interface Command {
  readonly kind: Kind
  /** Fractions, from 0 to 1. */
  readonly a: number
  readonly b: number
  readonly c: number
  /** Of the task that it starts. */
  readonly seed: number
}

/** What is the same through a whole run. */
export interface Character {
  /** How likely a person uses the wrong passcode, picks the wrong number, types a wrong code. */
  readonly wrong: number
  /** How likely a message is lost or repeated. */
  readonly loss: number
  readonly people: number
  /** Pages on which somebody signs in. */
  readonly pagesEach: number
  /** Whether everybody has a page on which they pay, too. */
  readonly pays: boolean
  /** How many tasks are under way at once; where there are more, the next command lets one of them go on. */
  readonly crowd: number
}

/** A run: commands, and what does not change when some of them are left out. */
export interface History {
  readonly seed: number
  readonly character: Character
  readonly commands: readonly Command[]
}

/** The history of a seed. Each seed favours and leaves out other things, so that together they reach further corners. */
export function historyOf(seed: number, steps: number): History {
  const random = new SeededRandom(seed)
  const choose = (values: readonly number[]) => values[Math.floor(random.fraction() * values.length)] ?? 0
  const character = {
    wrong: choose([0, 0.15, 0.15, 0.6, 0.95]),
    loss: choose([0, 0, 0.1, 0.3]),
    people: choose([1, 1, 1, 2, 3]),
    pagesEach: choose([1, 1, 2]),
    pays: choose([0, 1, 1, 1]) === 1,
    crowd: choose([1, 2, 4, 8]),
  }
  const theme = themes[choose([0, 1, 2, 3])] ?? []
  const factorOf = (name: Kind) => theme.find(([prefix]) => name.startsWith(prefix))?.[1] ?? 1
  const names = Object.keys(kinds).filter((name): name is Kind => name in kinds)
  const weights = names.map(
    (name) => kinds[name].weight * factorOf(name) * (kinds[name].steady ? 1 : choose([0, 1, 1, 4])),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)

  const drawKind = (): Kind => {
    let left = random.fraction() * total
    const index = weights.findIndex((weight) => {
      left -= weight
      return left < 0
    })
    return names[index] ?? 'resume'
  }
  const commands = Array.from({ length: steps }, () => ({
    kind: drawKind(),
    a: random.fraction(),
    b: random.fraction(),
    c: random.fraction(),
    seed: Math.floor(random.fraction() * 2 ** 32),
  }))
  return { seed, character, commands }
}
