/**
 * How the tests run: `unit` beside the code, with a PostgreSQL of their own where the machine has one; `house` about
 * the repository itself; `end-to-end` in a real Chromium; `firefox`, into which real pushes come; `faults` against
 * servers that are killed.
 */
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const house = ['test/architecture.test.ts', 'test/architecture/*.test.ts', 'test/docs.test.ts', 'scripts/*.test.ts']

// Left alone, Vitest keeps a core for itself, which is half of a machine with two.
const maxWorkers = Math.max(2, availableParallelism() - 1)

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'house', include: house, maxWorkers } },
      {
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.{ts,tsx}',
            'examples/*/{src,pages}/**/*.test.{ts,tsx}',
            'test/*.test.ts',
            'test/push/*.test.ts',
          ],
          exclude: house,
          globalSetup: ['test/postgres.setup.ts'],
          maxWorkers,
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.test.ts'],
          // Each file starts a browser and a server of its own, so they run apart from the others. Three at a time, because
          // they wait for each other's side more than they compute.
          sequence: { groupOrder: 1 },
          maxWorkers: 3,
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: 'firefox',
          include: ['test/push/firefox/*.test.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: 3,
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/*.test.ts'],
          globalSetup: ['test/postgres.setup.ts'],
          // Two servers under load leave no room for others that measure time.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
