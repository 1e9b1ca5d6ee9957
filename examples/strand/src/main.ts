/**
 * Strand, the account site: the reference integration of an OpenID Connect login that is approved on a phone.
 *
 * Owns its own sessions, customers and bookings, in its own database; knows of the issuer only what any application
 * may. Promises that a browser's cookie is worth nothing outside Strand, and that a login belongs to the browser that
 * began it. Must never log or show a token, a code or a secret.
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
