/** What the set-up of a test run gives to the tests by Vitest's `inject`. */
import 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** The administrator's URL of the run's PostgreSQL; null where it is not installed. */
    postgres: string | null
  }
}
export type ProvidedToTests = Pick<import('vitest').ProvidedContext, 'postgres'>
