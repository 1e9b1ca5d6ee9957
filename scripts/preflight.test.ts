import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { folderFault, portFault } from './preflight.ts'

describe('a port', () => {
  let holder: Server
  let port: number

  beforeEach(async () => {
    holder = createServer()
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
    const address = holder.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
  })

  test('that another program holds is named', async () => {
    expect(await portFault([port])).toContain(`Port ${port} is in use`)
    await new Promise((resolve) => holder.close(resolve))
  })

  test('that is free is free, and is left free', async () => {
    await new Promise((resolve) => holder.close(resolve))
    expect(await portFault([port])).toBeNull()
    expect(await portFault([port])).toBeNull()
  })
})

describe('the data folder', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-preflight-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('is made for its owner alone', () => {
    const data = join(folder, 'data')
    expect(folderFault(data)).toBeNull()
    expect(statSync(data).mode & 0o777).toBe(0o700)
  })

  test('that cannot be written is named', () => {
    const data = join(folder, 'data')
    writeFileSync(data, 'a file stands here')
    expect(folderFault(data)).toContain(`The data folder ${data} cannot be written (EEXIST)`)
  })
})
