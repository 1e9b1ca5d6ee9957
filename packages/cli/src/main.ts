#!/usr/bin/env node
/** The `countersign` command. Nothing but the check of the runtime may be imported before it is made. */
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(`countersign needs Node 24 or newer; this is ${process.version}. Run it by "npx countersign".`)
  process.exit(2)
}
const { run } = await import('./command.ts')
const { systemTerminal } = await import('./terminal.ts')
const terminal = systemTerminal()
process.exitCode = await run(process.argv.slice(2), terminal)
terminal.close()
