/** What must be true before anything is started, and the sentence that says what to do where it is not. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** The `code` of a system error, such as EACCES. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error)
}

function canListen(port: number, host: string): Promise<boolean> {
  const probe = createServer()
  return new Promise((resolve) => {
    // A machine without IPv6 has no ::1 to listen on: that is nobody else's port.
    probe.once('error', (error) => resolve(codeOf(error) !== 'EADDRINUSE'))
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/** A sentence about the first of the ports that another program holds, or null when all are free. */
export async function portFault(ports: readonly number[]): Promise<string | null> {
  for (const port of ports) {
    const free = (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'))
    if (!free)
      return `Port ${port} is in use by another program (perhaps Countersign already runs). Nothing was started. Stop that program and run npm start again.`
  }
  return null
}

/** Makes the folder where it is missing (mode 0700). A sentence when it cannot be written, or null. */
export function folderFault(folder: string): string | null {
  const probe = join(folder, '.write-probe')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(probe, '')
    rmSync(probe)
    return null
  } catch (error) {
    return `The data folder ${folder} cannot be written (${codeOf(error)}). Nothing was started. Make it yours and writable, then run npm start again.`
  }
}
