/** What can be wrong with a server before it runs, as sentences. */
import {
  ConfigFaulty,
  DatabaseTooNew,
  DatabaseUnusable,
  DataDirectoryUnwritable,
  SealBroken,
} from '@countersign/server'
import { UsageFault } from './exit.ts'

const operatorFaults = [DatabaseTooNew, DatabaseUnusable, DataDirectoryUnwritable]

const wrongMasterKey =
  'The master key is not the one that this database was made with: nothing was changed; give that one, beside a new one if you like.'

function sentencesOf(error: unknown): readonly string[] | null {
  if (error instanceof ConfigFaulty) return error.faults
  if (error instanceof SealBroken) return [wrongMasterKey]
  if (error instanceof Error && operatorFaults.some((fault) => error instanceof fault)) return [error.message]
  if (!(error instanceof Error) || !('code' in error)) return null
  if (error.code === 'EADDRINUSE' && 'port' in error) return [`Port ${error.port} is in use by another program.`]
  if (error.code === 'EACCES' && 'port' in error)
    return [`Port ${error.port} cannot be listened on: permission denied.`]
  if (error.code === 'ECONNREFUSED') return ['The database cannot be reached.']
  return null
}

/** Runs `work`; what the operator can set right is thrown as a `UsageFault`, with every fault in it. */
export async function withServerFaults<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const sentences = sentencesOf(error)
    if (sentences === null) throw error
    throw new UsageFault(...sentences)
  }
}
