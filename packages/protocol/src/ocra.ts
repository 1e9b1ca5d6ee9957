/** OCRA (RFC 6287): the general algorithm. */
import { concatBytes, fromHex, utf8 } from './bytes.ts'
import { counterBytes, type HotpAlgorithm, truncatedCode } from './hotp.ts'

/** The typed offline code: an 8-digit challenge and the time. */
export const typedSuite = 'OCRA-1:HOTP-SHA256-8:QN08-T30S'
/** The scanned one: the digest of the document. */
export const scannedSuite = 'OCRA-1:HOTP-SHA256-8:QH64'

export interface OcraSuite {
  readonly text: string
  readonly algorithm: HotpAlgorithm
  /** 4 to 10, or 0 for no truncation. */
  readonly digits: number
  readonly counter: boolean
  readonly question: { readonly format: 'A' | 'N' | 'H'; readonly maximum: number }
  /** Length of the password hash in bytes, 0 for none. */
  readonly passwordLength: number
  /** Length of the session information in bytes, 0 for none. */
  readonly sessionLength: number
  /** Seconds of a time step, 0 for none. */
  readonly timeStep: number
}

const suitePattern =
  /^OCRA-1:HOTP-(SHA1|SHA256|SHA512)-(0|[4-9]|10):(C-)?Q([ANH])(0[4-9]|[1-5]\d|6[0-4])(?:-P(SHA1|SHA256|SHA512))?(?:-S(\d{3}))?(?:-T(?:([1-9]|[1-5]\d)([SM])|([0-9]|[1-3]\d|4[0-8])H))?$/

const passwordLengths = { SHA1: 20, SHA256: 32, SHA512: 64 } as const

const isAlgorithm = (text: string | undefined): text is HotpAlgorithm =>
  text === 'SHA1' || text === 'SHA256' || text === 'SHA512'

/** Parses a suite (RFC 6287 section 6). @throws TypeError when it is none */
export function parseSuite(text: string): OcraSuite {
  const match = suitePattern.exec(text)
  const [, algorithm, digits, counter, format, maximum, password, session, time, unit, hours] = match ?? []
  if (!isAlgorithm(algorithm) || (format !== 'A' && format !== 'N' && format !== 'H')) throw new TypeError('Not an OCRA suite.')
  const secondsOfUnit = unit === 'M' ? 60 : 1
  return {
    text,
    algorithm,
    digits: Number(digits),
    counter: counter !== undefined,
    question: { format, maximum: Number(maximum) },
    passwordLength: isAlgorithm(password) ? passwordLengths[password] : 0,
    sessionLength: Number(session ?? 0),
    timeStep: hours === undefined ? Number(time ?? 0) * secondsOfUnit : Number(hours) * 3600,
  }
}

/** What goes into a response, as the suite asks for it. */
export interface OcraInput {
  readonly question: string
  readonly counter?: number | bigint
  readonly passwordHash?: Uint8Array
  readonly session?: Uint8Array
  /** Number of time steps since the epoch. */
  readonly timeSteps?: number | bigint
}

const questionLength = 128

function questionBytes(format: OcraSuite['question']['format'], question: string): Uint8Array {
  const patterns = { A: /^[\x20-\x7e]+$/, N: /^\d+$/, H: /^[0-9a-fA-F]+$/ }
  if (!patterns[format].test(question)) throw new TypeError('The question is not of the format of the suite.')
  if (format === 'A') return concatBytes(utf8(question), new Uint8Array(questionLength)).subarray(0, questionLength)
  const digits = format === 'N' ? BigInt(question).toString(16) : question
  return fromHex(digits.padEnd(questionLength * 2, '0'))
}

function exactly(bytes: Uint8Array | undefined, length: number, name: string): Uint8Array {
  if ((bytes?.length ?? 0) !== length) throw new TypeError(`The suite wants ${length} bytes of ${name}.`)
  return bytes ?? new Uint8Array()
}

function counted(value: number | bigint | undefined, wanted: boolean, name: string): Uint8Array {
  if ((value !== undefined) !== wanted) throw new TypeError(`The suite ${wanted ? 'wants' : 'takes no'} ${name}.`)
  return value === undefined ? new Uint8Array() : counterBytes(value)
}

/**
 * The response to a question (RFC 6287 section 5). In mutual mode the question is the other's challenge and one's own,
 * one after the other, and thus longer than the suite says.
 *
 * @throws TypeError when suite and input do not fit
 */
export function ocra(suiteText: string, key: Uint8Array, input: OcraInput): string {
  const suite = parseSuite(suiteText)
  if (input.question.length > 2 * suite.question.maximum) throw new TypeError('The question is too long.')
  const message = concatBytes(
    utf8(suite.text),
    new Uint8Array(1),
    counted(input.counter, suite.counter, 'counter'),
    questionBytes(suite.question.format, input.question),
    exactly(input.passwordHash, suite.passwordLength, 'password hash'),
    exactly(input.session, suite.sessionLength, 'session'),
    counted(input.timeSteps, suite.timeStep > 0, 'time'),
  )
  return truncatedCode(key, message, suite.digits, suite.algorithm)
}
