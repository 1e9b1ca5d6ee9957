import { dirname, join } from 'node:path'

/** The repository's folder. */
export const root = dirname(import.meta.dirname)

/** Where everything lies that a running Countersign keeps: never in git, readable by its owner only. */
export const dataFolder = join(root, '.countersign')
