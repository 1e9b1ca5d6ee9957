/** Starts the PostgreSQL of a test run and tells the tests its address. */
import type { TestProject } from 'vitest/node'
import { type PostgresServer, postgresServer } from '../packages/testkit/src/postgres.ts'

let server: PostgresServer | null = null

export async function setup(project: TestProject): Promise<void> {
  server = await postgresServer()
  project.provide('postgres', server?.url ?? null)
}

export async function teardown(): Promise<void> {
  await server?.stop()
}
