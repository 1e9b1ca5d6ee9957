/** Who may know whom: the rules between packages. Each rule gives one sentence for each fault, beginning with its place. */
import { posix } from 'node:path'
import type { Source } from './source.ts'

/** What each package may import of the others, or which part of one. Tests may import `forTests` besides. */
const neighbours: Readonly<Record<string, { readonly may: readonly string[]; readonly forTests?: readonly string[] }>> =
  {
    'packages/protocol': { may: [] },
    'packages/device': { may: ['protocol'] },
    'packages/sdk': { may: ['protocol'], forTests: ['testkit'] },
    'packages/approval-popup': { may: ['protocol'], forTests: ['testkit/browser'] },
    'packages/phone': { may: ['protocol', 'device'], forTests: ['testkit/browser'] },
    'packages/sign-in': { may: ['protocol'], forTests: ['testkit/browser'] },
    'packages/server': { may: ['protocol'], forTests: ['device', 'testkit'] },
    'packages/testkit': { may: ['protocol', 'device', 'server'] },
    'packages/cli': { may: ['protocol', 'device', 'server'], forTests: ['testkit'] },
    'examples/strand': { may: ['sdk', 'approval-popup'], forTests: ['testkit/browser'] },
  }

/** What only a machine or a browser has. */
const globalsOfMachines = ['process', 'Buffer', 'window', 'localStorage', 'indexedDB', 'navigator', 'fetch']

/** The package that a file belongs to, as in `packages/server`, or null for what belongs to the repository. */
function packageOf(path: string): string | null {
  const [top, name] = path.split('/')
  return top === 'packages' || top === 'examples' ? `${top}/${name}` : null
}

/** Rule 1: a package imports only those of its neighbours that the table above names, and by their names. */
export function packageImports(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const home = packageOf(source.path)
    if (home === null) return []
    const { may, forTests = [] } = neighbours[home] ?? { may: [] }
    const allowed = source.isTest ? [...may, ...forTests] : may
    return source.imports.flatMap(({ specifier, line }) => {
      const place = `${source.path}:${line}`
      if (specifier.startsWith('.')) {
        const target = posix.join(posix.dirname(source.path), specifier)
        const inside = packageOf(target) === home || (source.isTest && target.startsWith('vectors/'))
        return inside ? [] : [`${place} reaches out of its package with ${specifier}; import the package by its name`]
      }
      const neighbour = /^@countersign\/(.+)/.exec(specifier)?.[1]
      if (neighbour === undefined) return []
      if (allowed.some((one) => neighbour === one || neighbour.startsWith(`${one}/`))) return []
      return [
        `${place} imports ${specifier}; ${home} may import ${may.length === 0 ? 'no other package' : may.join(', ')}`,
      ]
    })
  })
}

/** Rule 1: a package that is missing from the table above has no rules, so it must be added to it. */
export function packagesKnown(sources: readonly Source[]): string[] {
  const found = new Set(sources.map(({ path }) => packageOf(path)).filter((home) => home !== null))
  return [...found]
    .filter((home) => neighbours[home] === undefined)
    .map((home) => `${home} is not in test/architecture/package-rules.ts, which says whom it may import`)
}

/** Rule 1: `protocol` runs wherever it is put: nothing of Node, of a browser, of a network. */
export function protocolIsPure(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path, isTest }) => packageOf(path) === 'packages/protocol' && !isTest)
    .flatMap(({ path, imports, names }) => [
      ...imports
        .filter(({ specifier }) => specifier.startsWith('node:'))
        .map(({ specifier, line }) => `${path}:${line} imports ${specifier}; protocol knows nothing of Node`),
      ...globalsOfMachines.flatMap((name) => {
        const place = names.get(name)
        return place === undefined
          ? []
          : [`${path}:${place.line} uses ${name}; protocol knows no machine and no browser`]
      }),
    ])
}

/** Rule 1: what is made for tests stays with tests. */
export function testsStayTests(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path, isTest }) => !isTest && !/^(test|packages\/testkit)\//.test(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(
          ({ specifier }) => /(\.test|-for-tests)\.tsx?$/.test(specifier) || /^(vitest|fast-check)/.test(specifier),
        )
        .map(({ specifier, line }) => `${path}:${line} imports ${specifier}, which is for tests alone`),
    )
}
