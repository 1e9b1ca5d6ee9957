/** The terminal, as commands see it: lines out, questions in, secrets without an echo. */
import { createInterface } from 'node:readline'
import { UsageFault } from './exit.ts'

/** What may be asked for. The variable of the environment comes first, so that scripts are never asked. */
export interface Question {
  readonly text: string
  /** Name of the variable that may hold the answer. */
  readonly variable?: string
  /** Typed without an echo. */
  readonly hidden?: boolean
}

export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Aborted when the person ends the command (Ctrl-C) or the system does. */
  readonly signal: AbortSignal
  /** To standard output. */
  print(text: string): void
  /** To standard error. */
  complain(text: string): void
  /** @throws UsageFault when nobody is there to answer */
  ask(question: Question): Promise<string>
}

// What a server sends may hold sequences that move the cursor or colour the screen: a terminal obeys them.
const obeyed = /[[\p{Cc}\p{Cf}]--\n]/gv

/** Text without anything that a terminal would act on, but for its line breaks. */
export const plain = (text: string): string => text.replace(obeyed, '')

type Lines = AsyncIterator<string>

async function nextLine(lines: Lines, { text, variable }: Question): Promise<string> {
  const { done, value } = await lines.next()
  if (done !== true) return value
  const variableToo = variable === undefined ? '' : `, or in ${variable}`
  throw new UsageFault(`No answer was given to "${text}": answer on standard input${variableToo}.`)
}

/** Reads one line of keys without an echo. `begin` is called once the echo is off: only then may a question be seen. */
function readHidden(input: NodeJS.ReadStream, begin: () => void, interrupt: () => void): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let typed = ''
  const onData = (keys: string) => {
    for (const key of keys) {
      if (key === '\r' || key === '\n') return resolve(typed)
      if (key === '\u0003' || key === '\u0004') {
        interrupt()
        return resolve('')
      }
      if (key === '\u007F' || key === '\b') typed = typed.slice(0, -1)
      else if (key >= ' ') typed += key
    }
  }
  input.setEncoding('utf8')
  input.setRawMode(true)
  input.resume()
  input.on('data', onData)
  begin()
  return promise.finally(() => {
    input.off('data', onData)
    input.setRawMode(false)
    input.pause()
  })
}

/** The terminal of this process. `close` lets go of standard input, so that the process can end. */
export function systemTerminal(): Terminal & { close(): void } {
  const { stdin, stdout, stderr } = process
  const controller = new AbortController()
  const interrupt = () => controller.abort()
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  // Who reads the output has gone: there is nobody left to tell anything.
  stdout.once('error', interrupt)
  let lines: Lines | null = null
  const visible = async (question: Question) => {
    const reader = createInterface({ input: stdin, output: stderr })
    reader.once('SIGINT', () => {
      interrupt()
      reader.close()
    })
    const { promise, resolve } = Promise.withResolvers<string>()
    reader.question(`${question.text}: `, resolve)
    reader.once('close', () => resolve(''))
    return promise.finally(() => reader.close())
  }
  const hidden = (question: Question) =>
    readHidden(stdin, () => stderr.write(`${question.text}: `), interrupt).finally(() => stderr.write('\n'))
  return {
    environment: process.env,
    signal: controller.signal,
    print: (text) => void stdout.write(`${plain(text)}\n`),
    complain: (text) => void stderr.write(`${plain(text)}\n`),
    async ask(question) {
      const given = question.variable === undefined ? undefined : process.env[question.variable]
      if (given !== undefined && given !== '') return given
      if (stdin.isTTY) {
        const answer = await (question.hidden === true ? hidden(question) : visible(question))
        controller.signal.throwIfAborted()
        return answer
      }
      lines ??= createInterface({ input: stdin })[Symbol.asyncIterator]()
      return nextLine(lines, question)
    },
    close: () => stdin.destroy(),
  }
}
