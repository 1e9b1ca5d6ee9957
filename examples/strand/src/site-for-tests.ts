/** For tests: a running Strand, and browsers that keep cookies and follow where they are sent. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig, type StrandConfigInput } from './config.ts'
import { type ApproverForTests, approverForTests } from './crashes-for-tests.ts'
import { startStrand } from './strand.ts'

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

export interface Site {
  readonly url: string
  readonly directory: string
  /** In the place of Countersign. */
  readonly approver: ApproverForTests
  /** Moves Strand's clock on, milliseconds. */
  advance(milliseconds: number): void
  /** What was logged. */
  readonly lines: string[]
  close(): Promise<void>
}

/** @param pages the built pages; without them an empty page stands in */
export async function startSite(
  config: Partial<StrandConfigInput> & { issuer: string },
  pages?: string,
  approver = approverForTests(),
): Promise<Site> {
  const directory = mkdtempSync(join(tmpdir(), 'strand-'))
  const empty = join(directory, 'pages')
  mkdirSync(join(empty, 'assets'), { recursive: true })
  writeFileSync(join(empty, 'index.html'), '<!doctype html><script nonce="__CSP_NONCE__"></script>__SUPPORT_EMAIL__')
  const port = await freePort()
  const url = `http://localhost:${port}`
  const lines: string[] = []
  let offset = 0
  const running = await startStrand(
    parseConfig({
      clientId: 'strand',
      clientSecret: 'a secret/with + odd signs',
      apiKey: `csk_abcdefgh1234_${'k'.repeat(43)}`,
      url,
      listen: { host: 'localhost', port },
      dataDir: join(directory, 'data'),
      openingBalances: { 'anna@strand.example': 4_825_050 },
      ...config,
    }),
    { pages: pages ?? empty, now: () => Date.now() + offset, log: (line) => lines.push(line), approver },
  )
  return {
    url,
    directory,
    approver,
    lines,
    advance: (milliseconds) => {
      offset += milliseconds
    },
    close: async () => {
      await running.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** A browser without a screen. */
export interface Visitor {
  readonly cookies: Map<string, string>
  /** One request; redirects are not followed. */
  request(url: string, init?: RequestInit): Promise<Response>
  /** Follows redirects, through the issuer and back, and gives the address at the end. */
  visit(url: string): Promise<string>
}

export function visitor(site: Site): Visitor {
  const cookies = new Map<string, string>()
  const request = async (url: string, init: RequestInit = {}) => {
    const here = new URL(url, site.url)
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const own = here.origin === site.url && cookie !== '' ? { cookie } : {}
    const response = await fetch(here, { ...init, redirect: 'manual', headers: { ...init.headers, ...own } })
    for (const set of here.origin === site.url ? response.headers.getSetCookie() : []) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=')
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }
  const visit = async (url: string): Promise<string> => {
    const response = await request(url)
    await response.arrayBuffer()
    const next = response.headers.get('location')
    return next === null ? new URL(url, site.url).href : visit(new URL(next, new URL(url, site.url)).href)
  }
  return { cookies, request, visit }
}
