/** Processes that are measured or that put load on others, and how they are asked for things. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** Asks a process; one question at a time. */
export interface Asked<Question, Answer> extends AsyncDisposable {
  ask(question: Question): Promise<Answer>
}

type Reply<Answer> = { readonly answer: Answer } | { readonly fault: string }

/** Starts a TypeScript file as a process that answers by `answerQuestions`. It ends when it is disposed of, or with us. */
export function startProcess<Question extends object, Answer>(
  file: string,
  { args = [], nodeArgs = [] }: { readonly args?: readonly string[]; readonly nodeArgs?: readonly string[] } = {},
): Asked<Question, Answer> {
  const child: ChildProcess = fork(file, [...args], {
    serialization: 'advanced',
    execArgv: [...nodeArgs],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        const gone = (code: number | null, signal: string | null) =>
          reject(new Error(`${file} ended with ${signal ?? code} and did not answer.`))
        child.once('exit', gone)
        child.once('message', (reply: Reply<Answer>) => {
          child.off('exit', gone)
          if ('fault' in reply) reject(new Error(`${file}: ${reply.fault}`))
          else resolve(reply.answer)
        })
        child.send(question)
      }),
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

/**
 * The process's side: answers each question in turn. When its starter lets go of it (or is gone), `end` is called and
 * the process ends.
 */
export function answerQuestions<Question extends object, Answer>(
  answer: (question: Question) => Promise<Answer>,
  end: () => Promise<void> = async () => {},
): void {
  const reply = (message: Reply<Answer>) => {
    if (process.connected) process.send?.(message)
  }
  process.on('message', (question: Question) => {
    answer(question).then(
      (value) => reply({ answer: value }),
      (error: unknown) => reply({ fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
  })
  process.once('disconnect', () => void end().finally(() => process.exit()))
}

/** Milliseconds of CPU that this process has used so far, in all its threads. */
export function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
