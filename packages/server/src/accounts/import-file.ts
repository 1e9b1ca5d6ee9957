/** PURE: reading accounts out of a file, JSON lines or CSV (RFC 4180 with a header line). */
import { Locale } from '@countersign/protocol'
import * as z from 'zod/mini'
import type { AccountInput } from './add-account.ts'

/** One account of the file, with the line on which it stands. */
export interface ImportLine {
  readonly line: number
  readonly account: AccountInput
}

/** Something that is wrong with a line. */
export interface ImportFault {
  readonly line: number
  readonly fault: string
}

const Row = z.strictObject({
  email: z.string(),
  name: z.string(),
  phone: z.string(),
  locale: Locale,
  password: z.optional(z.string()),
  password_hash: z.optional(z.string()),
})

type FileRecord = { readonly line: number; readonly value: unknown }

const faultOf = (line: number, fault: string): ImportFault => ({ line, fault })

function jsonRecords(text: string): (FileRecord | ImportFault)[] {
  return text.split('\n').flatMap((content, index): (FileRecord | ImportFault)[] => {
    if (content.trim() === '') return []
    try {
      return [{ line: index + 1, value: JSON.parse(content) }]
    } catch {
      return [faultOf(index + 1, 'The line is not JSON.')]
    }
  })
}

interface CsvRow {
  readonly line: number
  readonly fields: string[]
}

/** The rows of a CSV text, or null where a quote is never closed or stands in the middle of a field. */
function csvRows(text: string): CsvRow[] | null {
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y
  const rows: CsvRow[] = []
  let fields: string[] = []
  let line = 1
  let begins = 1
  while (field.lastIndex < text.length || fields.length > 0) {
    const match = field.exec(text)
    if (match === null) return null
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    line += match[0].split('\n').length - 1
    if (match[3] === ',') continue
    if (fields.length > 1 || fields[0] !== '') rows.push({ line: begins, fields })
    fields = []
    begins = line
  }
  return rows
}

function csvRecords(text: string): (FileRecord | ImportFault)[] {
  const rows = csvRows(text)
  if (rows === null) return [faultOf(1, 'The quotes of the file do not match.')]
  const [header, ...body] = rows
  if (header === undefined) return []
  return body.map(({ line, fields }) =>
    fields.length === header.fields.length
      ? // An empty field is one that is not given: of the two columns for passwords, one is empty.
        { line, value: Object.fromEntries(header.fields.map((name, at) => [name, fields[at] || undefined])) }
      : faultOf(line, `The line has ${fields.length} fields, the header has ${header.fields.length}.`),
  )
}

function toLine({ line, value }: FileRecord): ImportLine | ImportFault {
  const parsed = Row.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const names = issue?.code === 'unrecognized_keys' ? issue.keys : issue?.path
    return faultOf(line, `Not as it should be: ${names?.join(', ') || 'the line'}.`)
  }
  const { email, name, phone, locale, password, password_hash: passwordHash } = parsed.data
  const common = { email, name, phoneNumber: phone, locale }
  if (password !== undefined && passwordHash === undefined)
    return { line, account: { ...common, secret: { password } } }
  if (passwordHash !== undefined && password === undefined) {
    return { line, account: { ...common, secret: { passwordHash } } }
  }
  return faultOf(line, 'A line needs password or password_hash, and not both.')
}

/**
 * Reads `email, name, phone, locale` (`sv` or `en`) and `password` or `password_hash` (Argon2id, PHC string) of each
 * line. A text that begins with `{` is JSON lines, any other CSV.
 */
export function readImport(text: string): { lines: ImportLine[]; faults: ImportFault[] } {
  const content = text.replace(/^\uFEFF/, '')
  const records = content.trimStart().startsWith('{') ? jsonRecords(content) : csvRecords(content)
  const lines: ImportLine[] = []
  const faults: ImportFault[] = []
  for (const record of records) {
    const read = 'fault' in record ? record : toLine(record)
    if ('fault' in read) faults.push(read)
    else lines.push(read)
  }
  return { lines, faults }
}
