/** The rules of the house, on every file of this repository. CONTRIBUTING.md tells them to people. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorCodes } from '../packages/protocol/src/errors.ts'
import { bothLanguages, codesDocumented, codesUsed } from './architecture/code-rules.ts'
import { packageImports, packagesKnown, protocolIsPure, testsStayTests } from './architecture/package-rules.ts'
import * as server from './architecture/server-rules.ts'
import * as shape from './architecture/shape-rules.ts'
import { filesOf, readSources } from './architecture/source.ts'

const root = dirname(import.meta.dirname)
const sources = readSources(root)

/** Files that are longer than they should be, or hold a function that is, and why that is better than the other way. */
const reasonsForSize: shape.Reasons = {
  'packages/server/src/db/migrations/0001-first-tables.ts': 'a list of tables, which reads best from top to bottom',
  'packages/server/src/db/schema.ts': 'the tables that there are, one after another',
}

const protocolPage = join(root, 'docs', 'protocol.md')

describe('rules of the house', () => {
  test.each([
    ['1: every package has its rules', () => packagesKnown(sources)],
    ['1: packages import only their neighbours', () => packageImports(sources)],
    ['1: what is for tests stays with tests', () => testsStayTests(sources)],
    ['1: protocol knows no machine', () => protocolIsPure(sources)],
    ['2: a feature is reached through its index.ts', () => server.featuresByTheirFront(sources)],
    ['2: features need each other without circles', () => server.noCircles(sources)],
    ['2: each table has one owner', () => server.tablesByTheirOwner(sources)],
    ['3: time and randomness come from platform/', () => server.systemThroughPlatform(sources)],
    ['4: no assertion after the edge', () => server.assertionsAtEdges(sources)],
    ['5: every error code is used', () => codesUsed(errorCodes, sources)],
    [
      '5: every error code is documented',
      () => codesDocumented(errorCodes, existsSync(protocolPage) ? readFileSync(protocolPage, 'utf8') : ''),
    ],
    ['5: what people read is in both languages', () => bothLanguages(sources)],
    ['6: effects leave through the outbox', () => server.effectsThroughOutbox(sources)],
    ['7: names say something', () => shape.names(filesOf(root))],
    ['7: exports have names', () => shape.namedExports(sources)],
    ['8: files and functions are of a size to read', () => shape.sizes(sources, reasonsForSize)],
    ['8: reasons for size are needed', () => shape.reasonsNeeded(sources, reasonsForSize)],
    ['9: heads say what it is', () => shape.headsSpeak(sources)],
    ['9: nothing is silenced or put off', () => shape.nothingSilenced(sources)],
  ])('%s', (_, rule) => {
    expect(rule()).toEqual([])
  })
})
