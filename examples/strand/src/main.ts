/**
 * Strand, the account site: the reference integration of logins and payments that are approved on a phone.
 *
 * Owns its own sessions, customers and ledger, in its own database; knows of Countersign only what any application may:
 * OpenID Connect, the SDK and the popup. Promises that a browser's cookie is worth nothing outside Strand, that a login
 * belongs to the browser that began it, and that every transfer that was approved is booked exactly once, as it was
 * approved, or ends for a reason. Must never log or show a token, a code or a secret.
 *
 *     node examples/strand/src/main.ts strand.json
 */
import { readConfig, StartFault } from './config.ts'
import { startStrand } from './strand.ts'

async function main(): Promise<void> {
  const running = await startStrand(readConfig(process.argv[2]))
  const stop = () => {
    void running.close().then(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  process.send?.({ kind: 'ready' })
}

main().catch((error: unknown) => {
  process.stderr.write(error instanceof StartFault ? `${error.message}\n` : `Strand met a bug: ${String(error)}\n`)
  process.exitCode = 1
})
