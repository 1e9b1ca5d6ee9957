/** A process of pages on which people type codes: wrong ones, and then the right one. */
import { askAnything, closeConnections } from '../measure/http-client.ts'
import { answerQuestions } from '../measure/process.ts'
import type { FromClients, Place, ToClients, WaitingSignIn } from './messages.ts'

async function submit({ issuer, port }: Place, { id, cookies }: WaitingSignIn, response: string): Promise<number> {
  const { status } = await askAnything({
    port,
    method: 'POST',
    path: `/sign-in/${id}/response`,
    headers: { host: new URL(issuer).host, origin: issuer, cookie: cookies, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ response })),
  })
  return status
}

/** Another code than the right one. */
const wrongFor = (response: string, turn: number): string =>
  String((Number(response) + 1 + turn) % 100_000_000).padStart(8, '0')

async function work(question: ToClients, signIn: WaitingSignIn): Promise<void> {
  for (let turn = 0; turn < question.wrongCodes; turn += 1) {
    const status = await submit(question.place, signIn, wrongFor(signIn.response, turn))
    if (status !== 403) throw new Error(`A wrong code was answered with ${status}.`)
  }
  const status = await submit(question.place, signIn, signIn.response)
  if (status !== 200) throw new Error(`The right code was answered with ${status}.`)
}

answerQuestions<ToClients, FromClients>(async (question) => {
  const left = [...question.signIns]
  const started = performance.now()
  const one = async () => {
    for (let signIn = left.pop(); signIn !== undefined; signIn = left.pop()) await work(question, signIn)
  }
  await Promise.all(Array.from({ length: question.atATime }, one))
  const milliseconds = performance.now() - started
  closeConnections()
  return { submissions: question.signIns.length * (question.wrongCodes + 1), milliseconds }
})
