import { fork } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Programs } from './programs.ts'

const ready = 'process.send("ready");'
const waits = 'setInterval(() => {}, 1000);'
/** What nobody ends ends by itself, so that a failing test leaves nothing behind. */
const waitsAWhile = 'setTimeout(() => {}, 8000);'

const endsInOrder = `
  import { writeFileSync } from 'node:fs'
  process.on('SIGTERM', () => { writeFileSync(process.argv[2], ''); process.exit(0) });`

describe('programs that belong together', () => {
  let folder: string
  let programs: Programs

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-programs-'))
    programs = new Programs(process.env)
    vi.spyOn(console, 'error').mockReturnValue()
  })
  afterEach(async () => {
    programs.stop(0)
    await programs.over
    rmSync(folder, { recursive: true })
    vi.restoreAllMocks()
  })

  function start(name: string, code: string): Promise<unknown> {
    const file = join(folder, `${name}.mjs`)
    writeFileSync(file, code)
    return programs.start({ name, file, args: [join(folder, name)] })
  }

  test('say when they are ready', async () => {
    expect(await start('one', ready + waits)).toBe('ready')
  })

  test('are asked to end, and end in order', async () => {
    await start('one', `${endsInOrder} ${ready} ${waitsAWhile}`)
    programs.stop(0)
    expect(await programs.over).toBe(0)
    expect(existsSync(join(folder, 'one'))).toBe(true)
    expect(console.error).not.toHaveBeenCalled()
  })

  test('all end when one fails, with its name and an exit code', async () => {
    await start('one', ready + waits)
    expect(await start('two', 'process.exit(3)')).toBeNull()
    expect(await programs.over).toBe(1)
    expect(console.error).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('two'))
  })

  test('end when whoever started them is gone', async () => {
    const starter = join(folder, 'starter.mjs')
    const child = join(folder, 'child.mjs')
    const ended = join(folder, 'ended')
    writeFileSync(child, `${endsInOrder} ${ready} ${waitsAWhile}`)
    writeFileSync(
      starter,
      `import { Programs } from ${JSON.stringify(import.meta.resolve('./programs.ts'))}
      const program = ${JSON.stringify({ name: 'child', file: child, args: [ended] })}
      process.send(await new Programs(process.env).start(program))`,
    )
    const started = fork(starter, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    await new Promise((resolve) => started.once('message', resolve))
    started.kill('SIGKILL')
    await vi.waitUntil(() => existsSync(ended), { timeout: 4_000 })
  })

  test('say by themselves why they could not start', async () => {
    await start('one', 'process.exit(1)')
    expect(await programs.over).toBe(1)
    expect(console.error).not.toHaveBeenCalled()
  })

  test('are missed when they fail later', async () => {
    await start('one', ready + waits)
    programs.running = true
    await start('two', `${ready} process.exit(1)`)
    expect(await programs.over).toBe(1)
    expect(console.error).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('two has stopped'))
  })

  test('all end without a fault when one is asked to', async () => {
    await start('one', ready + waits)
    await start('two', `${ready} process.kill(process.pid, "SIGINT"); ${waits}`)
    expect(await programs.over).toBe(0)
  })
})
