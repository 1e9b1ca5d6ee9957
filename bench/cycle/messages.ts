/** What the bench and its processes say to each other. */
import type { PreparedPhone } from '../measure/prepare-phones.ts'
import type { Names, RecordedStatement, Recording } from '../measure/recorded.ts'

/** The bodies of one cycle's answers, as the real server gave them. */
export interface SampleAnswers {
  readonly started: string
  readonly waiting: string
  readonly listed: string
  readonly decided: string
  readonly told: string
  readonly redeemed: string
}

/** Where a server answers. */
export interface Place {
  /** For phones, under this name. */
  readonly issuer: string
  readonly port: number
  /** For applications and for pages that wait. */
  readonly applicationPort: number
}

export interface Load {
  readonly kind: 'load'
  readonly place: Place
  /** Each of them does one cycle after another. */
  readonly clients: number
  readonly phones: readonly PreparedPhone[]
  readonly milliseconds: number
}

export interface LoadResult {
  /** Cycles that ended within the time. */
  readonly inTime: number
  /** All of them: those that had begun were brought to their end. */
  readonly cycles: number
  /** How long each of them took. */
  readonly milliseconds: readonly number[]
}

/** One cycle, to be looked at. */
export interface Look {
  readonly kind: 'look'
  readonly place: Place
  readonly phone: PreparedPhone
}

export interface Looked {
  /** What is another one in every cycle. */
  readonly names: Names
  readonly answers: SampleAnswers
}

export type ToClients = Load | Look
export type FromClients =
  | { readonly kind: 'load'; readonly result: LoadResult }
  | { readonly kind: 'look'; readonly looked: Looked }

export type ToServer =
  | { readonly kind: 'start'; readonly databaseUrl: string; readonly phones: number; readonly records: boolean }
  | { readonly kind: 'usage' }
  /** The statements since the last time; only of a server that records. */
  | { readonly kind: 'recorded' }

export type FromServer =
  | { readonly kind: 'started'; readonly place: Place; readonly phones: readonly PreparedPhone[] }
  | { readonly kind: 'usage'; readonly milliseconds: number }
  | { readonly kind: 'recorded'; readonly statements: readonly RecordedStatement[] }

/** A bare Fastify that answers with these. */
export type ToBareServer =
  | { readonly kind: 'start'; readonly samples: SampleAnswers; readonly phones: readonly PreparedPhone[] }
  | { readonly kind: 'usage' }

export type ToBareDatabase =
  | {
      readonly kind: 'start'
      readonly databaseUrl: string
      readonly recording: Recording
      readonly phones: readonly PreparedPhone[]
    }
  | { readonly kind: 'load'; readonly clients: number; readonly milliseconds: number }

export type FromBareDatabase =
  | { readonly kind: 'started' }
  | { readonly kind: 'load'; readonly inTime: number; readonly cycles: number; readonly cpu: number }
