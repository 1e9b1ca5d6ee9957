/** The rules on names, sizes and what stands at the head of things. Each gives one sentence for each fault. */
import type { Source } from './source.ts'

const emptyNames = [
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'base',
  'misc',
  'manager',
  'service',
  'shared',
  'lib',
]

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Rule 7: kebab-case names, and none that could mean anything. */
export function names(paths: readonly string[]): string[] {
  return paths
    .filter((path) => /\.(tsx?|mjs|css)$/.test(path))
    .flatMap((path) => {
      const parts = path.split('/')
      const words = parts.map((part, at) => (at === parts.length - 1 ? (part.split('.')[0] ?? part) : part))
      return words.flatMap((word) => {
        if (!kebab.test(word)) return [`${path}: ${word} is not in kebab-case`]
        const noun = word.split('-').at(-1) ?? word
        return emptyNames.includes(noun) ? [`${path}: ${word} says nothing; name it after what it does`] : []
      })
    })
}

/** Rule 7: named exports, so that one thing has one name everywhere. Tools want a default from their configuration. */
export function namedExports(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => !/\.(config|setup)\.ts$/.test(path))
    .flatMap(({ path, defaultExport }) =>
      defaultExport === null ? [] : [`${path}:${defaultExport.line} exports a default; give it a name`],
    )
}

/** Rule 8, where a size has a reason: by path, with the reason. */
export type Reasons = Readonly<Record<string, string>>

const longestFile = 400
const longestFunction = 80

/** Rule 8: files to 400 lines and functions to 80, or a reason. A test's `describe` is a chapter, not a function. */
export function sizes(sources: readonly Source[], reasons: Reasons): string[] {
  return sources
    .filter(({ path }) => reasons[path] === undefined)
    .flatMap(({ path, text, isTest, functions }) => {
      const lines = text.split('\n').length - 1
      const longFile =
        lines > longestFile ? [`${path} has ${lines} lines; ${longestFile} is where it should be two files`] : []
      const long = isTest ? [] : functions.filter((one) => one.lines > longestFunction)
      return [
        ...longFile,
        ...long.map((one) => `${path}:${one.line} ${one.name} has ${one.lines} lines; ${longestFunction} is much`),
      ]
    })
}

/** Rule 8: a reason whose file is gone, goes too. */
export function reasonsNeeded(sources: readonly Source[], reasons: Reasons): string[] {
  return Object.keys(reasons)
    .filter(
      (path) =>
        sizes(
          sources.filter((source) => source.path === path),
          {},
        ).length === 0,
    )
    .map((path) => `${path} is given a reason for its size, and does not need it`)
}

const heads =
  /^(packages\/[^/]+\/src\/(index|main)|packages\/server\/src\/[^/]+\/index|examples\/[^/]+\/src\/main|scripts\/[^/]+|bench\/[^/]+)\.(tsx?|mjs)$/

/** Rule 9: the head of each package, feature and command says what it is. */
export function headsSpeak(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path, isTest }) => heads.test(path) && !isTest)
    .filter(({ text }) => !/^(#!.*\n)?\s*\/\*\*/.test(text) && !/^(#!.*\n)?(import .*\n)+\s*\/\*\*/.test(text))
    .map(({ path }) => `${path}:1 begins without saying what it owns, promises and must never do`)
}

/** Rule 9: nothing is silenced, and nothing is put off in a comment. A test may expect the compiler to refuse. */
export function nothingSilenced(sources: readonly Source[]): string[] {
  const marks = /(@ts-(?:ignore|expect-error|nocheck)|biome-ignore|eslint-disable|\b(?:TODO|FIXME|XXX)\b)/
  return sources
    .filter(({ path }) => !path.startsWith('test/architecture/'))
    .flatMap(({ path, text, isTest }) =>
      text.split('\n').flatMap((line, at) => {
        const mark = marks.exec(line)?.[1]
        return mark === undefined || (isTest && mark === '@ts-expect-error') ? [] : [`${path}:${at + 1} says ${mark}`]
      }),
    )
}
