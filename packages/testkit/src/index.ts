/** A whole world in one process for tests, the demo and benches. Must never be imported by what it tests. */
export { createDatabase, type PostgresOptions, type PostgresServer, postgresServer } from './postgres.ts'
export type { ProvidedToTests } from './provided.ts'
export { TestClock } from './test-clock.ts'
