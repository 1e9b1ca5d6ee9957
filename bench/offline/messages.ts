/** What the bench and its processes say to each other. */
import type { Names, Recording } from '../measure/recorded.ts'

/** A sign-in whose page shows a code, and the right response to it. */
export interface WaitingSignIn {
  readonly id: string
  readonly cookies: string
  readonly response: string
  /** What is another one for each of them, in the statements of a submission. */
  readonly names: Names
}

/** Where a server answers. */
export interface Place {
  readonly issuer: string
  readonly port: number
}

export type ToServer =
  | { readonly kind: 'start'; readonly databaseUrl: string; readonly accounts: number; readonly records: boolean }
  /** One sign-in for each account, each in a browser of its own. */
  | { readonly kind: 'prepare' }
  | { readonly kind: 'usage' }
  | { readonly kind: 'recorded' }

/** A bare Fastify with a bare database that does what a server did for a wrong code, and for a right one. */
export type ToBareServer =
  | {
      readonly kind: 'start'
      readonly databaseUrl: string
      readonly wrong: Recording
      readonly right: Recording
      readonly signIns: readonly WaitingSignIn[]
      readonly macs: number
    }
  /** Makes all of them wait again. */
  | { readonly kind: 'prepare' }
  | { readonly kind: 'usage' }

export type FromServer =
  | { readonly kind: 'started'; readonly place: Place }
  | { readonly kind: 'prepared'; readonly signIns: readonly WaitingSignIn[] }
  | { readonly kind: 'usage'; readonly milliseconds: number }
  | { readonly kind: 'recorded'; readonly statements: Recording['statements'] }

/** Submits wrong codes and then the right one, for each sign-in; so many sign-ins at a time. */
export interface ToClients {
  readonly place: Place
  readonly signIns: readonly WaitingSignIn[]
  readonly wrongCodes: number
  readonly atATime: number
}

export interface FromClients {
  readonly submissions: number
  readonly milliseconds: number
}
