/** Each rule finds what it is there to find, and leaves its neighbour alone. */
import { describe, expect, test } from 'vitest'
import { bothLanguages, codesDocumented, codesUsed } from './code-rules.ts'
import { packageImports, packagesKnown, protocolIsPure, testsStayTests } from './package-rules.ts'
import * as server from './server-rules.ts'
import * as shape from './shape-rules.ts'
import { type Source, sourceOf } from './source.ts'

type Rule = (sources: readonly Source[]) => string[]

/** The faults that a rule finds in files given by path and text. */
function faults(rule: Rule, files: Readonly<Record<string, string>>): string[] {
  return rule(Object.entries(files).map(([path, text]) => sourceOf(path, text)))
}

const inServer = 'packages/server/src'

describe('rule 1', () => {
  test('a package imports only its neighbours', () => {
    const planted = { 'packages/phone/src/a.ts': "\nimport { x } from '@countersign/server'" }
    expect(faults(packageImports, planted)).toEqual([
      'packages/phone/src/a.ts:2 imports @countersign/server; packages/phone may import protocol, device',
    ])
    expect(
      faults(packageImports, { 'examples/strand/src/a.ts': "export * from '@countersign/protocol'" }),
    ).toHaveLength(1)
    expect(
      faults(packageImports, { 'packages/device/src/a.ts': "const a = await import('@countersign/server')" }),
    ).toHaveLength(1)
    expect(
      faults(packageImports, { 'packages/phone/src/a.ts': "import type { x } from '@countersign/device'" }),
    ).toEqual([])
  })

  test('only tests of the server import the testkit', () => {
    const text = "import { world } from '@countersign/testkit'"
    expect(faults(packageImports, { [`${inServer}/a.ts`]: text })).toHaveLength(1)
    expect(faults(packageImports, { [`${inServer}/a.test.ts`]: text })).toEqual([])
  })

  test("tests of pages import the testkit's browser, and not its world with the server in it", () => {
    const file = 'packages/phone/src/a.test.ts'
    const browser = "import { openView } from '@countersign/testkit/browser'"
    expect(faults(packageImports, { [file]: browser })).toEqual([])
    expect(faults(packageImports, { 'packages/phone/src/a.ts': browser })).toHaveLength(1)
    expect(faults(packageImports, { [file]: "import { startWorld } from '@countersign/testkit'" })).toHaveLength(1)
    expect(faults(packageImports, { [file]: "import { x } from '@countersign/testkit/browsers'" })).toHaveLength(1)
  })

  test('no path leads out of a package', () => {
    const text = "import { x } from '../../server/src/main.ts'"
    expect(faults(packageImports, { 'packages/phone/src/a.ts': text })[0]).toContain('reaches out of its package')
    expect(faults(packageImports, { 'packages/phone/src/b/a.ts': "import { x } from '../c/d.ts'" })).toEqual([])
  })

  test('a new package needs rules', () => {
    expect(faults(packagesKnown, { 'packages/newcomer/src/a.ts': '' })[0]).toContain('packages/newcomer is not in')
  })

  test('what is for tests stays with tests', () => {
    const text = "import { openBrowser } from './browser-for-tests.ts'"
    expect(faults(testsStayTests, { [`${inServer}/sign-in/a.ts`]: text })).toHaveLength(1)
    expect(faults(testsStayTests, { [`${inServer}/sign-in/a.ts`]: "import { vi } from 'vitest'" })).toHaveLength(1)
    expect(faults(testsStayTests, { [`${inServer}/sign-in/a.test.ts`]: text })).toEqual([])
    expect(faults(testsStayTests, { [`${inServer}/sign-in/more-for-tests.ts`]: text })).toEqual([])
  })

  test('protocol knows no machine', () => {
    const rule = protocolIsPure
    expect(faults(rule, { 'packages/protocol/src/a.ts': "import { createHash } from 'node:crypto'" })[0]).toContain(
      'node:crypto',
    )
    expect(faults(rule, { 'packages/protocol/src/a.ts': "export const a = () => Buffer.from('a')" })[0]).toContain(
      'uses Buffer',
    )
    expect(faults(rule, { 'packages/protocol/src/a.ts': "export const a = () => fetch('/')" })[0]).toContain(
      'uses fetch',
    )
    expect(faults(rule, { 'packages/protocol/src/a.test.ts': "import { readFileSync } from 'node:fs'" })).toEqual([])
  })
})

describe('rule 2', () => {
  test('a feature is reached through its index.ts', () => {
    const rule = server.featuresByTheirFront
    expect(faults(rule, { [`${inServer}/approvals/a.ts`]: "import { x } from '../devices/device-store.ts'" })).toEqual([
      `${inServer}/approvals/a.ts:1 imports devices/device-store.ts; another feature is reached through devices/index.ts`,
    ])
    expect(faults(rule, { [`${inServer}/main.ts`]: "import { x } from './devices/device.ts'" })).toHaveLength(1)
    expect(faults(rule, { [`${inServer}/approvals/a.ts`]: "import { x } from '../main.ts'" })).toHaveLength(1)
    const good =
      "import { x } from '../devices/index.ts'\nimport { y } from '../platform/clock.ts'\nimport { z } from './b.ts'"
    expect(faults(rule, { [`${inServer}/approvals/a.ts`]: good })).toEqual([])
  })

  test('features have no circles, however long', () => {
    const circle = {
      [`${inServer}/c/x.ts`]: "import type { a } from '../a/index.ts'",
      [`${inServer}/a/x.ts`]: "import { b } from '../b/index.ts'",
      [`${inServer}/b/x.ts`]: "import { c } from '../c/index.ts'",
      [`${inServer}/d/x.ts`]: "import { a } from '../a/index.ts'",
    }
    expect(faults(server.noCircles, circle)).toEqual([`${inServer}/: a → b → c → a is a circle`])
    expect(faults(server.noCircles, { ...circle, [`${inServer}/c/x.ts`]: '' })).toEqual([])
  })

  const schema = `
    /** Owner: accounts */
    export interface AccountsTable { id: string }
    /** Owner: sign-in. One each. */
    export interface SignInsTable { id: string }
    export interface OrphansTable { id: string }
    export interface Schema { accounts: AccountsTable; sign_ins: SignInsTable }`

  test('a table is named by its owner alone', () => {
    const files = (text: string) => ({ [`${inServer}/db/schema.ts`]: schema, [`${inServer}/sign-in/store.ts`]: text })
    const rule = server.tablesByTheirOwner
    expect(faults(rule, files("q.selectFrom('sign_ins as s').where('id', '=', id)"))).toEqual([])
    expect(faults(rule, files("q.selectFrom('accounts as a')"))).toEqual([
      `${inServer}/sign-in/store.ts:1 uses the table accounts, which accounts owns`,
    ])
    expect(faults(rule, files("q.selectFrom('sign_ins').innerJoin('accounts', 'a', 'b')"))).toHaveLength(1)
    expect(faults(rule, files("q.selectFrom(['sign_ins', 'accounts'])"))).toHaveLength(1)
    expect(faults(rule, files("({ exists, selectFrom }) => exists(selectFrom('accounts'))"))).toHaveLength(1)
    expect(faults(rule, files('sql`select 1 from accounts`'))).toHaveLength(1)
    expect(faults(rule, files("q.deleteFrom('acounts')"))[0]).toContain('which the schema does not name')
  })

  test('a table has an owner', () => {
    const orphan = schema.replace('sign_ins: SignInsTable', 'orphans: OrphansTable')
    expect(faults(server.tablesByTheirOwner, { [`${inServer}/db/schema.ts`]: orphan })).toEqual([
      `${inServer}/db/schema.ts: orphans has no owner`,
    ])
  })
})

describe('rule 3', () => {
  test.each([
    'Date.now()',
    'new Date()',
    'Math.random()',
    'randomBytes(3)',
    'crypto.getRandomValues(a)',
    'setTimeout(f, 1)',
  ])('only platform/ may say %s', (text) => {
    expect(faults(server.systemThroughPlatform, { [`${inServer}/approvals/a.ts`]: text })).toHaveLength(1)
    expect(faults(server.systemThroughPlatform, { 'packages/protocol/src/a.ts': text })).toHaveLength(1)
    expect(faults(server.systemThroughPlatform, { [`${inServer}/platform/a.ts`]: text })).toEqual([])
  })

  test('a time that is given may be written as a date', () => {
    expect(faults(server.systemThroughPlatform, { [`${inServer}/approvals/a.ts`]: 'new Date(ms)' })).toEqual([])
  })
})

test('rule 4: no assertion after the edge, and none that switches types off anywhere', () => {
  const rule = server.assertionsAtEdges
  expect(faults(rule, { [`${inServer}/approvals/approval.ts`]: 'const a = b as Approval' })).toHaveLength(1)
  expect(faults(rule, { [`${inServer}/approvals/approval.ts`]: 'const a = { b } as const' })).toEqual([])
  expect(faults(rule, { [`${inServer}/approvals/approval-store.ts`]: 'const a = row.id as ApprovalId' })).toHaveLength(
    1,
  )
  expect(faults(rule, { [`${inServer}/db/driver.ts`]: 'const a = rows as Row[]' })).toEqual([])
  expect(faults(rule, { [`${inServer}/db/driver.ts`]: 'const a = b as unknown as C' })).toHaveLength(1)
})

describe('rule 5', () => {
  test('a code is used by the server, not only in a test', () => {
    const used = (path: string) =>
      codesUsed(['device_unknown'], [sourceOf(path, "throw new Refusal('device_unknown')")])
    expect(used(`${inServer}/http/a.ts`)).toEqual([])
    expect(used(`${inServer}/http/a.test.ts`)).toHaveLength(1)
    expect(codesUsed(['device_unknown'], [sourceOf(`${inServer}/http/a.ts`, '// device_unknown')])).toHaveLength(1)
  })

  test('a code is documented', () => {
    expect(codesDocumented(['device_unknown'], 'device_unknown')).toHaveLength(1)
    expect(codesDocumented(['device_unknown'], '`device_unknown`: nobody')).toEqual([])
  })

  test('words are in both languages, of one type', () => {
    const words = (text: string) => faults(bothLanguages, { 'packages/phone/src/words.ts': text })
    expect(words('const en = {}\ntype Words = typeof en\nconst sv: Words = {}')).toEqual([])
    expect(words('const en = {}')).toHaveLength(1)
    expect(words('const en = {}\nconst sv = {}')).toHaveLength(1)
  })
})

test('rule 6: effects leave through the outbox', () => {
  expect(
    faults(server.effectsThroughOutbox, { [`${inServer}/approvals/a.ts`]: "await fetch('https://a.example')" }),
  ).toHaveLength(1)
  expect(
    faults(server.effectsThroughOutbox, { [`${inServer}/linking/a.ts`]: "import { request } from 'node:https'" }),
  ).toHaveLength(1)
  expect(faults(server.effectsThroughOutbox, { [`${inServer}/sms/a.ts`]: "await fetch('https://a.example')" })).toEqual(
    [],
  )
})

describe('rule 7', () => {
  test.each([
    'src/utils/a.ts',
    'src/sms-manager.ts',
    'src/base.css',
    'src/myFile.ts',
    'src/My-file.tsx',
    'src/helper.test.ts',
  ])('%s is no name', (path) => expect(shape.names([path])).toHaveLength(1))

  test('names that say something are left alone', () => {
    expect(
      shape.names(['src/base64url.ts', 'src/service-worker.ts', 'src/a-store.test.ts', 'README.md', 'vite.config.ts']),
    ).toEqual([])
  })

  test('exports have names, but in configuration', () => {
    expect(faults(shape.namedExports, { 'packages/phone/src/a.ts': 'export default 1' })).toHaveLength(1)
    expect(faults(shape.namedExports, { 'packages/phone/vite.config.ts': 'export default 1' })).toEqual([])
  })
})

describe('rule 8', () => {
  const long = sourceOf('packages/phone/src/a.ts', '\n'.repeat(401))
  const longFunction = sourceOf('packages/phone/src/b.ts', `function b() {${'\n'.repeat(80)}}\n`)

  test('a long file and a long function are named', () => {
    expect(shape.sizes([long], {})).toEqual([
      'packages/phone/src/a.ts has 401 lines; 400 is where it should be two files',
    ])
    expect(shape.sizes([longFunction], {})).toEqual(['packages/phone/src/b.ts:1 b has 81 lines; 80 is much'])
  })

  test('a reason excuses it, for as long as it is needed', () => {
    const reasons = { 'packages/phone/src/a.ts': 'it is a table' }
    expect(shape.sizes([long], reasons)).toEqual([])
    expect(shape.reasonsNeeded([long], reasons)).toEqual([])
    expect(shape.reasonsNeeded([sourceOf('packages/phone/src/a.ts', '')], reasons)).toHaveLength(1)
  })
})

describe('rule 9', () => {
  test('the head of a feature speaks', () => {
    expect(faults(shape.headsSpeak, { [`${inServer}/sms/index.ts`]: "export { a } from './a.ts'" })).toHaveLength(1)
    expect(
      faults(shape.headsSpeak, { [`${inServer}/sms/index.ts`]: "/** Owns. */\nexport { a } from './a.ts'" }),
    ).toEqual([])
    expect(faults(shape.headsSpeak, { 'packages/cli/src/main.ts': '#!/usr/bin/env node\n/** It is. */\n' })).toEqual([])
    expect(faults(shape.headsSpeak, { [`${inServer}/sms/send.ts`]: 'export const a = 1' })).toEqual([])
  })

  test.each(['// @ts-ignore', '// biome-ignore lint: no', '/* TODO later */'])('%s is found', (text) => {
    expect(faults(shape.nothingSilenced, { 'packages/phone/src/a.ts': `const a = 1\n${text}` })).toHaveLength(1)
  })
})
