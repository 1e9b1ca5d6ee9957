/** What the rules of the house need to know of a source file, read from its syntax tree. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAst } from 'vite'

/** Something in a file, at the line where it begins (from 1). */
interface Place {
  readonly line: number
}

export interface Import extends Place {
  readonly specifier: string
}

export interface Call extends Place {
  /** As written: `Date.now`, `transaction.selectFrom`; what is not a name is left empty, as in `.where`. */
  readonly callee: string
  readonly isNew: boolean
  /** The arguments that are string literals or arrays of them; null for any other. */
  readonly args: readonly (readonly string[] | null)[]
}

export interface Text extends Place {
  readonly value: string
}

export interface FunctionSize extends Place {
  readonly name: string
  readonly lines: number
}

export interface Source {
  /** From the root of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
  /** A test, or what only tests use. */
  readonly isTest: boolean
  readonly imports: readonly Import[]
  readonly calls: readonly Call[]
  /** Names of globals and of anything else, wherever an identifier stands before a dot or alone. */
  readonly names: ReadonlyMap<string, Place>
  /** Types that follow `as`, `as const` left out. */
  readonly assertions: readonly Text[]
  /** Every string literal. */
  readonly strings: readonly Text[]
  /** The text of every template that is tagged `sql`. */
  readonly sql: readonly Text[]
  readonly functions: readonly FunctionSize[]
  readonly defaultExport: Place | null
}

interface Node extends Readonly<Record<string, unknown>> {
  readonly type: string
  readonly start: number
  readonly end: number
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

function* nodesIn(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const one of value) yield* nodesIn(one)
  if (!isNode(value)) return
  yield value
  for (const child of Object.values(value)) yield* nodesIn(child)
}

function literal(node: unknown): string | null {
  return isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : null
}

function literals(node: unknown): readonly string[] | null {
  const elements = isNode(node) && Array.isArray(node.elements) ? node.elements : [node]
  const values = elements.map(literal).filter((value) => value !== null)
  return values.length === elements.length ? values : null
}

function nameOf(node: unknown): string {
  if (!isNode(node)) return ''
  if (node.type === 'Identifier') return String(node.name)
  if (node.type === 'MemberExpression' && !node.computed) return `${nameOf(node.object)}.${nameOf(node.property)}`
  return ''
}

const importTypes = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression']
const functionTypes = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']

/** Reads a file's facts from its text. */
export function sourceOf(path: string, text: string): Source {
  const newlines = [...text.matchAll(/\n/g)].map((match) => match.index)
  const lineAt = (offset: number) => newlines.filter((newline) => newline < offset).length + 1
  const language = /\.m?js$/.test(path) ? 'js' : path.endsWith('x') ? 'tsx' : 'ts'

  const imports: Import[] = []
  const calls: Call[] = []
  const names = new Map<string, Place>()
  const assertions: Text[] = []
  const strings: Text[] = []
  const sql: Text[] = []
  const functions: FunctionSize[] = []
  let defaultExport: Place | null = null

  for (const node of nodesIn(parseAst(text, { lang: language }))) {
    const { type, start, end } = node
    const line = lineAt(start)
    const specifier = importTypes.includes(type) ? literal(node.source) : null
    if (specifier !== null) imports.push({ specifier, line })
    if ((type === 'CallExpression' || type === 'NewExpression') && Array.isArray(node.arguments)) {
      calls.push({
        callee: nameOf(node.callee),
        isNew: type === 'NewExpression',
        args: node.arguments.map(literals),
        line,
      })
    }
    if (type === 'Identifier' && !names.has(nameOf(node))) names.set(nameOf(node), { line })
    if (type === 'TSAsExpression' && isNode(node.typeAnnotation)) {
      const value = text.slice(node.typeAnnotation.start, node.typeAnnotation.end)
      if (value !== 'const') assertions.push({ value, line })
    }
    const string = literal(node)
    if (string !== null) strings.push({ value: string, line })
    if (type === 'TaggedTemplateExpression' && nameOf(node.tag) === 'sql')
      sql.push({ value: text.slice(start, end), line })
    if (functionTypes.includes(type)) functions.push({ name: nameOf(node.id), line, lines: lineAt(end) - line + 1 })
    if (type === 'ExportDefaultDeclaration') defaultExport = { line }
  }
  const isTest = /(\.test|-for-tests)\.tsx?$/.test(path)
  return { path, text, isTest, imports, calls, names, assertions, strings, sql, functions, defaultExport }
}

/** Every file of ours, from the root of the repository. */
export function filesOf(root: string): readonly string[] {
  const folders = ['packages', 'examples', 'scripts', 'bench', 'test']
  const exclude = (entry: { readonly name: string }) => ['node_modules', 'dist', 'results'].includes(entry.name)
  return folders
    .flatMap((folder) => globSync(`${folder}/**`, { cwd: root, withFileTypes: true, exclude }))
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
}

/** The facts of every file of ours that holds code. */
export function readSources(root: string): readonly Source[] {
  return filesOf(root)
    .filter((path) => /\.(tsx?|mjs)$/.test(path))
    .map((path) => sourceOf(path, readFileSync(join(root, path), 'utf8')))
}
