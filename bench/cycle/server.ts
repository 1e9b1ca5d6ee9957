/** The server that is measured, in a process of its own: as `countersign serve` makes it, with three more routes. */
import { freePort } from '@countersign/testkit'
import { createApp, listen } from '../../packages/server/src/http/index.ts'
import { startMeasuredWorld } from '../measure/measured-world.ts'
import { preparePhones } from '../measure/prepare-phones.ts'
import { answerQuestions, cpuMilliseconds } from '../measure/process.ts'
import { startRecording, takeRecorded } from '../measure/recorder.ts'
import { registerApplicationRoutes } from './application-routes.ts'
import type { FromServer, ToServer } from './messages.ts'

const closing: (() => Promise<void>)[] = []

async function start({ databaseUrl, phones, records }: Extract<ToServer, { kind: 'start' }>): Promise<FromServer> {
  if (records) startRecording()
  const world = await startMeasuredWorld({ databaseUrl })
  const { context } = world.running
  const app = createApp(context)
  registerApplicationRoutes(app, context)
  const [port = 0] = world.running.ports
  const applications = await listenAnywhere(app)
  closing.push(applications.close, () => world.running.close())
  const prepared = await preparePhones(context, phones)
  takeRecorded()
  const place = { issuer: world.config.issuer, port, applicationPort: applications.port }
  return { kind: 'started', place, phones: prepared }
}

async function listenAnywhere(app: ReturnType<typeof createApp>) {
  const port = await freePort()
  const server = await listen([{ host: `127.0.0.1:${port}`, app }], [{ host: '127.0.0.1', port }])
  return { port, close: server.close }
}

answerQuestions<ToServer, FromServer>(
  async (question) => {
    switch (question.kind) {
      case 'start':
        return start(question)
      case 'usage':
        return { kind: 'usage', milliseconds: cpuMilliseconds() }
      case 'recorded':
        return { kind: 'recorded', statements: takeRecorded() }
    }
  },
  async () => {
    for (const close of closing) await close()
  },
)
