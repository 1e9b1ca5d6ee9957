/** The server that is measured. */
import { startWorld, type World, type WorldOptions } from '@countersign/testkit'

/** A world whose answers are not held to their document, which is a test's work and no server's. */
export const startMeasuredWorld = (options: Omit<WorldOptions, 'adapters'> = {}): Promise<World> =>
  startWorld({ ...options, adapters: { onApp: () => {} } })
