/** Values as they stand in messages of D-Bus (its specification, "Marshaling"). Little-endian, as every machine we meet. */

export type DBusValue = number | bigint | boolean | string | readonly DBusValue[]

/** Where the next value begins: the size that each type is aligned to. */
const alignments: Readonly<Record<string, number>> = {
  ...{ y: 1, g: 1, v: 1, n: 2, q: 2, b: 4, i: 4, u: 4, h: 4, s: 4, o: 4, a: 4 },
  ...{ x: 8, t: 8, d: 8, '(': 8, '{': 8 },
}

const alignmentOf = (type: string): number => {
  const alignment = alignments[type[0] ?? '']
  if (alignment === undefined) throw new Error(`There is no type ${type} in D-Bus.`)
  return alignment
}

const roundUp = (at: number, alignment: number): number => Math.ceil(at / alignment) * alignment

const closing: Readonly<Record<string, string>> = { '(': ')', '{': '}' }

/** The length of the complete type at the head of a signature. */
function lengthOfFirst(signature: string): number {
  const [first = ''] = signature
  if (first === 'a') return 1 + lengthOfFirst(signature.slice(1))
  const end = closing[first]
  if (end === undefined) return 1
  let at = 1
  while (at < signature.length && signature[at] !== end) at += lengthOfFirst(signature.slice(at))
  return at + 1
}

/** The complete types of a signature: `sa{sv}i` has three. */
export function typesIn(signature: string): readonly string[] {
  const types: string[] = []
  for (let at = 0; at < signature.length; ) {
    const length = lengthOfFirst(signature.slice(at))
    types.push(signature.slice(at, at + length))
    at += length
  }
  return types
}

/** Reads values one after another. Every method throws a RangeError where the bytes end too early. */
export class DBusReader {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.#at = at
  }

  get at(): number {
    return this.#at
  }

  readAll(signature: string): DBusValue[] {
    return typesIn(signature).map((type) => this.read(type))
  }

  /** Dictionaries come as lists of pairs, variants as what is in them. */
  read(type: string): DBusValue {
    this.align(alignmentOf(type))
    switch (type[0]) {
      case 'y':
        return this.#bytes.readUInt8(this.#skip(1))
      case 'b':
        return this.#bytes.readUInt32LE(this.#skip(4)) !== 0
      case 'n':
        return this.#bytes.readInt16LE(this.#skip(2))
      case 'q':
        return this.#bytes.readUInt16LE(this.#skip(2))
      case 'i':
        return this.#bytes.readInt32LE(this.#skip(4))
      case 'x':
        return this.#bytes.readBigInt64LE(this.#skip(8))
      case 't':
        return this.#bytes.readBigUInt64LE(this.#skip(8))
      case 'd':
        return this.#bytes.readDoubleLE(this.#skip(8))
      case 's':
      case 'o':
        return this.#text(this.#bytes.readUInt32LE(this.#skip(4)))
      case 'g':
        return this.#text(this.#bytes.readUInt8(this.#skip(1)))
      case 'v':
        return this.read(this.#text(this.#bytes.readUInt8(this.#skip(1))))
      case 'a':
        return this.#list(type.slice(1))
      case '(':
      case '{':
        return this.readAll(type.slice(1, -1))
      default:
        return this.#bytes.readUInt32LE(this.#skip(4))
    }
  }

  align(alignment: number): void {
    this.#at = roundUp(this.#at, alignment)
  }

  #skip(length: number): number {
    const before = this.#at
    this.#at += length
    return before
  }

  #text(length: number): string {
    const begin = this.#skip(length + 1)
    if (this.#at > this.#bytes.length) throw new RangeError('The text is longer than the message.')
    return this.#bytes.toString('utf8', begin, begin + length)
  }

  #list(type: string): readonly DBusValue[] {
    const length = this.#bytes.readUInt32LE(this.#skip(4))
    this.align(alignmentOf(type))
    const end = this.#at + length
    const values: DBusValue[] = []
    while (this.#at < end) values.push(this.read(type))
    return values
  }
}

/** Writes the values that we send: bytes, numbers, texts, and lists of texts. */
export class DBusWriter {
  readonly #bytes: number[] = []

  writeAll(signature: string, values: readonly DBusValue[]): this {
    for (const [index, type] of typesIn(signature).entries()) this.write(type, values[index] ?? '')
    return this
  }

  write(type: string, value: DBusValue): this {
    this.align(alignmentOf(type))
    if (type === 'y') this.#bytes.push(Number(value))
    else if (type === 'u') this.#number(Number(value))
    else if (type === 's' || type === 'o') this.#text(String(value))
    else if (type === 'g') this.#signature(String(value))
    else if (type === 'as' && Array.isArray(value)) this.#texts(value)
    else throw new Error(`Nobody has needed to write the type ${type}.`)
    return this
  }

  align(alignment: number): this {
    while (this.#bytes.length % alignment !== 0) this.#bytes.push(0)
    return this
  }

  finish(): Buffer {
    return Buffer.from(this.#bytes)
  }

  #number(value: number): void {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(value)
    this.#bytes.push(...bytes)
  }

  #text(text: string): void {
    const bytes = Buffer.from(text)
    this.#number(bytes.length)
    this.#bytes.push(...bytes, 0)
  }

  #signature(text: string): void {
    this.#bytes.push(text.length, ...Buffer.from(text), 0)
  }

  #texts(texts: readonly DBusValue[]): void {
    const inner = new DBusWriter()
    for (const text of texts) inner.write('s', text)
    const bytes = inner.finish()
    this.#number(bytes.length)
    this.#bytes.push(...bytes)
  }
}
