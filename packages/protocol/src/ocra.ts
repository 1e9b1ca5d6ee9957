/**
 * Challenge and response: OCRA (RFC 6287), the whole algorithm, of which the offline codes use two suites (protocol
 * section 7).
 */
import { concatBytes, fromHex, toHex, uint64Bytes, utf8 } from './bytes.ts'
import { type HashAlgorithm, hmacOf, labelBytes } from './hashes.ts'
import { truncate } from './hotp.ts'

/** What the suite of RFC 6287 section 6 names. */
export interface OcraSuite {
  readonly algorithm: HashAlgorithm
  /** 4 to 10, or 0: the whole HMAC. */
  readonly digits: number
  readonly counter: boolean
  /** `A` alphanumeric, `N` decimal, `H` hexadecimal, and how many characters at most. */
  readonly question: { readonly format: 'A' | 'N' | 'H'; readonly length: number }
  readonly passwordHash: HashAlgorithm | null
  /** In bytes. */
  readonly sessionLength: number | null
  /** In seconds. */
  readonly timeStep: number | null
}

/** Exactly the inputs that the suite names, the question always. */
export interface OcraInputs {
  /** At most as long as the suite says; in mutual mode (section 7.2) both challenges, one after another. */
  readonly question: string
  readonly counter?: bigint | number
  /** Hash of the PIN by the suite's hash. */
  readonly passwordHash?: Uint8Array
  readonly session?: Uint8Array
  /** Time steps since the epoch. */
  readonly timeSteps?: bigint | number
}

const suiteForm =
  /^OCRA-1:HOTP-(?<algorithm>SHA1|SHA256|SHA512)-(?<digits>0|[4-9]|10):(?<counter>C-)?Q(?<format>[ANH])(?<length>0[4-9]|[1-5]\d|6[0-4])(?:-P(?<passwordHash>SHA1|SHA256|SHA512))?(?:-S(?<session>\d{3}))?(?:-T(?<time>[1-9]\d?[SMH]))?$/

const hashLengths = { SHA1: 20, SHA256: 32, SHA512: 64 } as const
const timeUnits = { S: { seconds: 1, most: 59 }, M: { seconds: 60, most: 59 }, H: { seconds: 3600, most: 48 } } as const

const isHash = (name: string): name is HashAlgorithm => name in hashLengths
const isFormat = (name: string): name is 'A' | 'N' | 'H' => name === 'A' || name === 'N' || name === 'H'
const isTimeUnit = (name: string): name is keyof typeof timeUnits => name in timeUnits

function refuseSuite(): never {
  throw new TypeError('Not an OCRA suite.')
}

const parseHash = (name: string): HashAlgorithm => (isHash(name) ? name : refuseSuite())

function parseTimeStep(text: string): number {
  const unit = text.slice(-1)
  if (!isTimeUnit(unit)) return refuseSuite()
  const count = Number(text.slice(0, -1))
  return count <= timeUnits[unit].most ? count * timeUnits[unit].seconds : refuseSuite()
}

function parseSession(text: string): number {
  const length = Number(text)
  return length >= 1 && length <= 512 ? length : refuseSuite()
}

/** Parses `OCRA-1:HOTP-<hash>-<digits>:[C-]Q<format><length>[-P<hash>][-S<nnn>][-T<step>]`. @throws TypeError for all else */
export function parseSuite(text: string): OcraSuite {
  const { algorithm, digits, counter, format, length, passwordHash, session, time } =
    suiteForm.exec(text)?.groups ?? refuseSuite()
  if (algorithm === undefined || format === undefined || !isFormat(format)) return refuseSuite()
  return {
    algorithm: parseHash(algorithm),
    digits: Number(digits),
    counter: counter !== undefined,
    question: { format, length: Number(length) },
    passwordHash: passwordHash === undefined ? null : parseHash(passwordHash),
    sessionLength: session === undefined ? null : parseSession(session),
    timeStep: time === undefined ? null : parseTimeStep(time),
  }
}

const questionForms = { A: /^[\x20-\x7e]+$/, N: /^\d+$/, H: /^[0-9a-fA-F]+$/ } as const
/** Bytes of a question, padded. */
export const questionLength = 128

function questionBytes({ format, length }: OcraSuite['question'], question: string): Uint8Array {
  if (!questionForms[format].test(question) || question.length > 2 * length) {
    throw new TypeError('The question is not of the format or length that the suite says.')
  }
  const padded = new Uint8Array(questionLength)
  padded.set(format === 'A' ? utf8(question) : nibbles(format === 'N' ? BigInt(question).toString(16) : question))
  return padded
}

// Nibbles stand at the left: an odd one is the upper half of its byte (section 5.1, and appendix A's reference code).
const nibbles = (hex: string): Uint8Array => fromHex(hex.padEnd(Math.ceil(hex.length / 2) * 2, '0'))

function sessionBytes(length: number, session: Uint8Array): Uint8Array {
  if (session.length > length) throw new TypeError('The session is longer than the suite says.')
  return concatBytes(new Uint8Array(length - session.length), session)
}

function passwordBytes(hash: HashAlgorithm, password: Uint8Array): Uint8Array {
  if (password.length !== hashLengths[hash])
    throw new TypeError('The password hash is not of the hash that the suite names.')
  return password
}

/** The bytes of an input that must be there exactly where the suite names it. */
function inputBytes<Named, Input>(
  name: string,
  named: Named | null | false,
  input: Input | undefined,
  toBytes: (named: Named, input: Input) => Uint8Array,
): Uint8Array {
  const isNamed = named !== null && named !== false
  if (isNamed !== (input !== undefined)) throw new TypeError(`The suite and the inputs disagree about the ${name}.`)
  return isNamed && input !== undefined ? toBytes(named, input) : new Uint8Array()
}

/**
 * The bytes that OCRA is the HMAC of (RFC 6287 section 5.1), the time steps last.
 *
 * @param label of the suite's text, ended by a zero byte
 */
export function ocraMessage(suite: OcraSuite, label: Uint8Array, inputs: OcraInputs): Uint8Array<ArrayBuffer> {
  const number = (_: unknown, value: bigint | number) => uint64Bytes(value)
  return concatBytes(
    label,
    inputBytes('counter', suite.counter, inputs.counter, number),
    questionBytes(suite.question, inputs.question),
    inputBytes('password hash', suite.passwordHash, inputs.passwordHash, passwordBytes),
    inputBytes('session', suite.sessionLength, inputs.session, sessionBytes),
    inputBytes('time', suite.timeStep, inputs.timeSteps, number),
  )
}

/**
 * OCRA (RFC 6287 section 5).
 *
 * @returns so many digits as the suite says, or the HMAC in hexadecimal where it says 0
 * @throws TypeError for a malformed suite, and for an input that is missing, not named, or not as the suite says
 * @example
 * ocra('OCRA-1:HOTP-SHA1-6:QN08', utf8('12345678901234567890'), { question: '00000000' }) // '237653'
 */
export function ocra(suiteText: string, key: Uint8Array, inputs: OcraInputs): string {
  const suite = parseSuite(suiteText)
  const mac = hmacOf(suite.algorithm, key, ocraMessage(suite, labelBytes(suiteText), inputs))
  return suite.digits === 0 ? toHex(mac) : truncate(mac, suite.digits)
}
