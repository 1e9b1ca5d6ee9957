/** What the pages of text say is true of this repository: their links, commands, settings, packages and folders. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandNames } from '../packages/cli/src/command.ts'

const root = dirname(import.meta.dirname)
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).sort()

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[0])
}

/** The text of every fenced block of a page, and of every `piece` between backticks. */
const codeOf = (page: string) =>
  all(read(page), /^```[^`\n]*\n([\s\S]*?)^```|`([^`\n]+)`/gm).map((code) => code.replace(/^`|`$/g, ''))

function json(path: string): Record<string, Record<string, string> | undefined> {
  return JSON.parse(read(path))
}

describe.each(pages)('%s', (page) => {
  test('links to what exists', () => {
    const links = all(read(page), /\]\((?!https?:|mailto:|#)([^)#\s]+)/g)
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([])
  })

  test('names commands that exist', () => {
    const code = codeOf(page).join('\n')
    const scripts = Object.keys(json('package.json').scripts ?? {})
    expect(
      all(code, /\bnpm (?:run )?(start|test|check|fix|bench|(?<=run )\S+)\b/g).filter(
        (name) => !scripts.includes(name),
      ),
    ).toEqual([])
    const commands = all(
      code,
      /\bcountersign ((?:account|application|keys|push-keys|phone|serve|migrate|audit|receipt)(?: [a-z][a-z-]*)?)/g,
    )
    expect(commands.filter((name) => !commandNames.includes(name))).toEqual([])
  })
})

describe('ARCHITECTURE.md', () => {
  const page = read('ARCHITECTURE.md')
  const trees = all(page, /^```\n([\s\S]*?)^```/gm).filter((block) => /^[\w-]+\//m.test(block))

  /** The entries of a tree: a name, then two spaces or more, then what it is. Indented ones lie in the folder above. */
  function entries(tree: string): string[] {
    let folder = ''
    return tree.split('\n').flatMap((line) => {
      const [, indent = '', name = ''] = /^( *)([\w./-]+)/.exec(line) ?? []
      if (name === '') return []
      if (indent === '') folder = name
      return [indent === '' ? name : join(folder, name)]
    })
  }

  test('has two trees, of the repository and of the server, whose entries exist', () => {
    const [repository = '', server = ''] = trees
    expect(entries(repository).length).toBeGreaterThan(10)
    expect(entries(repository).filter((path) => !existsSync(join(root, path)))).toEqual([])
    expect(entries(server).filter((path) => !existsSync(join(root, 'packages/server/src', path)))).toEqual([])
  })

  test('names every package and every folder of the server', () => {
    const packages = globSync(['packages/*', 'examples/*'], { cwd: root })
    const features = readdirSync(join(root, 'packages/server/src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
    const named = trees.flatMap(entries).map((path) => path.replace(/\/$/, ''))
    expect([...packages, ...features].filter((path) => !named.includes(path))).toEqual([])
  })
})

describe('docs/dependencies.md', () => {
  const manifests = globSync(['package.json', 'packages/*/package.json', 'examples/*/package.json'], { cwd: root }).map(
    json,
  )
  const names = manifests.flatMap((manifest) =>
    ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) => Object.keys(manifest[kind] ?? {})),
  )
  const direct = [...new Set(names.filter((name) => !name.startsWith('@countersign/')))]

  test('says of every direct dependency what it is for', () => {
    const page = read('docs/dependencies.md')
    const known = (name: string) =>
      page.includes(`\`${name}\``) || (name.startsWith('@types/') && page.includes('`@types/*`'))
    expect(direct.filter((name) => !known(name))).toEqual([])
  })

  test('every version is exact', () => {
    const versions = manifests.flatMap((manifest) =>
      Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }),
    )
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version))).toEqual([])
  })
})

test('docs/operate/production.md names every setting that the server reads, and no other', () => {
  const settings = (text: string) => [...new Set(all(text, /\bCOUNTERSIGN_[A-Z0-9_]+[A-Z]\b/g))].sort()
  expect(settings(read('docs/operate/production.md'))).toEqual(
    settings(['config.ts', 'sms-settings.ts'].map((file) => read(`packages/server/src/${file}`)).join()),
  )
})
