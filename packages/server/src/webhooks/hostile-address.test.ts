/** Webhooks go where an application says: it must not be able to say anything but the internet. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { AccountId, ApplicationId, ApprovalId, WebhookId } from '@countersign/protocol'
import { hostileAddresses, startWebhookReceiver } from '@countersign/testkit'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openTestContext, type TestContext } from '../context-for-tests.ts'
import { insertApplication } from '../db/rows-for-tests.ts'
import { runOutbox } from '../jobs/index.ts'
import { createOutbound } from '../outbound/index.ts'
import { registerWebhook } from './change-webhooks.ts'
import { insertEndpoint } from './endpoint-store.ts'
import { queueWebhooks, webhookHandlers } from './index.ts'
import { newSecret } from './secret.ts'

type Resolve = NonNullable<Parameters<typeof createOutbound>[1]>

const strand = ApplicationId.parse('strand')
const nobody: Resolve = (_hostname, answer) => answer(new Error('Nobody may be asked.'), [])

let context: TestContext
beforeEach(async () => {
  context = await openTestContext('sqlite::memory:')
  await context.db.write((transaction) => insertApplication(transaction, { id: strand }))
})

const rows = async () => {
  const [endpoints, messages] = await context.db.read((query) =>
    Promise.all([
      query.selectFrom('webhook_endpoints').select('url').execute(),
      query.selectFrom('webhook_messages').select(['state', 'attempts', 'last_status']).execute(),
    ]),
  )
  return { endpoints, messages }
}

/** Lets something happen, and sends it. */
async function send(resolve: Resolve | undefined, origins: readonly string[] = []): Promise<void> {
  const outbound = createOutbound({ origins }, resolve)
  onTestFinished(() => outbound.close())
  const data = {
    approval: ApprovalId.parse('apr_AAAAAAAAAAAAAAAAAAAAAA'),
    account: AccountId.parse('acc_AAAAAAAAAAAAAAAAAAAAAA'),
    action: 'transfer.create',
    reason: null,
  }
  await context.db.write((transaction) =>
    queueWebhooks(context, transaction, { application: strand, type: 'approval.approved', data }),
  )
  await runOutbox(context, webhookHandlers(context, outbound))
}

/** An address that is in the database, however it came there. */
const put = (url: string) =>
  context.db.write((transaction) => {
    const id = WebhookId.parse(context.random.id('whk'))
    const { sealed } = newSecret(context, id)
    return insertEndpoint(transaction, { id, application: strand, url, secret: sealed })
  })

const notReached = { messages: [{ state: 'waiting', attempts: 1, last_status: null }] }

describe('abuse-48 a webhook is not registered at', () => {
  test.each([...hostileAddresses, 'https://hooks.example.com/a#b', '', 'hooks.example.com', '//hooks.example.com'])(
    '%j',
    async (url) => {
      await expect(registerWebhook(context, strand, url)).rejects.toMatchObject({ code: 'webhook_refused' })
      expect(await rows()).toEqual({ endpoints: [], messages: [] })
    },
  )
})

describe('abuse-48 nothing is sent to', () => {
  test.each(hostileAddresses.filter((url) => URL.canParse(url)))('%s', async (url) => {
    await put(url)
    await send(nobody)
    expect(await rows()).toMatchObject(notReached)
  })

  test.each([
    ['loopback', ['127.0.0.1']],
    ['a private network', ['10.1.2.3']],
    ['link-local', ['169.254.169.254']],
    ['mapped', ['::ffff:127.0.0.1']],
    ['both', ['93.184.215.14', '127.0.0.1']],
  ])('a name that leads to %s', async (_name, addresses) => {
    await registerWebhook(context, strand, 'https://hooks.example.com/a')
    await send((_hostname, answer) =>
      answer(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    )
    expect(await rows()).toMatchObject(notReached)
  })

  test('a canary where https is spoken, whatever name or form leads to it', async ({ skip }) => {
    const at = '127.86.48.1'
    let connections = 0
    const canary = createServer((_request, response) => response.end()).on('connection', () => {
      connections += 1
    })
    const listening = once(canary, 'listening')
    canary.listen(443, at)
    await listening.catch((error: unknown) => skip(`Nobody may listen there: ${error}`))
    onTestFinished(() => void canary.close())
    for (const host of [at, '2136354817', '0x7f563001', '0177.86.48.1', `[::ffff:${at}]`, 'hooks.example.com']) {
      await put(`https://${host}/a`)
    }
    await send((_hostname, answer) => answer(null, [{ address: at, family: 4 }]))
    const { messages } = await rows()
    expect(messages).toEqual(Array.from({ length: 6 }, () => notReached.messages[0]))
    expect(connections).toBe(0)
  })

  test('where a redirect leads', async () => {
    await using canary = await startWebhookReceiver()
    await using receiver = await startWebhookReceiver()
    receiver.answer(307, { location: canary.url })
    await put(receiver.url)
    await send(undefined, [new URL(receiver.url).origin])
    expect(receiver.taken.all).toHaveLength(1)
    expect(canary.taken.all).toEqual([])
    expect(await rows()).toMatchObject({ messages: [{ state: 'waiting', last_status: 307 }] })
  })

  test('the second address of a name that has two, one after the other', async () => {
    await using receiver = await startWebhookReceiver()
    const { port } = new URL(receiver.url)
    let asked = 0
    const origin = `http://hooks.example.com:${port}`
    await put(`${origin}/a`)
    // Whoever asked twice would find the second address, at which nobody listens.
    await send((_hostname, answer) => answer(null, [{ address: `127.0.0.${++asked}`, family: 4 }]), [origin])
    expect([asked, receiver.taken.all.length]).toEqual([1, 1])
  })
})
