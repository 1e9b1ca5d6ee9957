/** Starting and stopping Strand. */
import { join } from 'node:path'
import { accountStore } from './account-store.ts'
import { createApp } from './app.ts'
import type { Approver } from './approver.ts'
import { StartFault, type StrandConfig } from './config.ts'
import { countersignOf } from './countersign.ts'
import { openDatabase } from './database.ts'
import { issuerOf } from './issuer.ts'
import { sessionStore } from './session-store.ts'
import { transferStore } from './transfer-store.ts'
import { type Transfers, transfersOf } from './transfers.ts'

export interface RunningStrand {
  /** Where browsers find it. */
  readonly url: string
  close(): Promise<void>
}

export interface StrandOptions {
  /** The folder of the built pages. */
  readonly pages?: string
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly log?: (line: string) => void
  /** Instead of Countersign. */
  readonly approver?: Approver
}

/** Milliseconds between two looks at what was approved while no page was open. */
const pause = 5_000

/** Takes up what is left lying, now and again and again, until it is stopped. */
function sweep(transfers: Transfers): () => Promise<void> {
  let running: Promise<void> | null = null
  const run = () => {
    running ??= transfers.settleAll(null).finally(() => {
      running = null
    })
  }
  run()
  const timer = setInterval(run, pause)
  return async () => {
    clearInterval(timer)
    await running
  }
}

const builtPages = join(import.meta.dirname, '../dist')

function faultOf(error: unknown, { host, port }: StrandConfig['listen']): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EADDRINUSE') return new StartFault(`Port ${port} is in use by another program.`)
  if (code === 'EACCES') return new StartFault(`Strand may not listen on port ${port}.`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return new StartFault(`Strand cannot listen at ${host}.`)
  return error
}

/** Starts Strand; the issuer need not be there yet. @throws StartFault */
export async function startStrand(config: StrandConfig, options: StrandOptions = {}): Promise<RunningStrand> {
  const { pages = builtPages, now = Date.now, log = (line) => process.stdout.write(`Strand: ${line}.\n`) } = options
  const db = openDatabase(config.dataDir)
  const approver = options.approver ?? countersignOf(config, log)
  const transfers = transfersOf({ store: transferStore(db), approver, server: config.issuer, now, log })
  const strand = {
    config,
    issuer: issuerOf(config, log),
    sessions: sessionStore(db),
    accounts: accountStore(db),
    transfers,
  }
  try {
    const app = await createApp({ ...strand, now, log, pages })
    await app.listen(config.listen)
    const stopSweeping = sweep(transfers)
    return {
      url: config.url,
      close: async () => {
        await app.close()
        await stopSweeping()
        db.close()
      },
    }
  } catch (error) {
    db.close()
    throw faultOf(error, config.listen)
  }
}
