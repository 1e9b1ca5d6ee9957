/** How a command ends. */

export const exitCodes = { ok: 0, refused: 1, usage: 2, network: 3 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The command was not given as it must be, or what it needs is not there. One sentence, or several. */
export class UsageFault extends Error {
  constructor(...sentences: string[]) {
    super(sentences.join('\n'))
    this.name = 'UsageFault'
  }
}

/** What was asked for was understood, and not done. One sentence. */
export class NotDone extends Error {
  constructor(sentence: string) {
    super(sentence)
    this.name = 'NotDone'
  }
}
