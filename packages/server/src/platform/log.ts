/** The log. Nothing in it is secret: what a person sent is not logged, and what would be by a mistake is left out here. */
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'

/** Names of the system and of databases (`ECONNREFUSED`, `23514`), and refusals; no six or eight digits of anybody's. */
const isStableCode = (code: unknown): code is string =>
  typeof code === 'string' && /^(?:[A-Za-z][A-Za-z_]{2,}|[0-9A-Z]{5})$/.test(code)

/** Of an error its words, its place and its code: what else a database's error carries may be the row that it is about. */
function sayError(error: Error) {
  const { type, message, stack } = stdSerializers.err(error)
  const code = 'code' in error && isStableCode(error.code) ? { code: error.code } : {}
  return { type, message, stack, ...code }
}

/** A `code` that was sent is an SMS code or an authorization code; that of a problem says what is wrong, and stays. */
const secrets = ['*.password', '*.response', '*.proof', '*.authorization', 'body.code', 'query.code', 'params.code']

/** @param logTo where the lines go instead of the standard output */
export const openLog = (level = 'info', logTo?: DestinationStream): Logger =>
  pino({ level, redact: secrets, serializers: { err: sayError } }, logTo)
