/** What the bench and its processes say to each other. */
import type { PreparedPhone } from '../measure/prepare-phones.ts'

/** Where the server answers, and as whom the application asks it. */
export interface Place {
  readonly issuer: string
  readonly port: number
  readonly apiKey: string
}

export type ToServer =
  | { readonly kind: 'start'; readonly databaseUrl: string; readonly phones: number }
  | { readonly kind: 'usage' }

export type FromServer =
  | { readonly kind: 'started'; readonly place: Place; readonly phones: readonly PreparedPhone[] }
  | { readonly kind: 'usage'; readonly milliseconds: number }

/** So many cycles, begun evenly, whether or not those before have ended. */
export interface Load {
  readonly place: Place
  /** Each has one cycle at a time. */
  readonly phones: readonly PreparedPhone[]
  readonly cycles: number
  readonly perSecond: number
}

/** Milliseconds each. */
export interface LoadResult {
  /** From the phone sending its signed answer to the page's event. */
  readonly told: readonly number[]
  /** An empty round trip of the same process to the same server, in the same cycle. */
  readonly empty: readonly number[]
  /** From the first cycle's start to the last one's end. */
  readonly took: number
}

export type ToClients = Load
export type FromClients = LoadResult
