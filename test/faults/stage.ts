/** What the clients share: the server that is killed, its configuration and database, the gateway, the history. */
import { addAccount, addApplication, type Config, openContext } from '@countersign/server'
import { type SmsGatewayServer, startSmsGateway, type World, type WorldAccount } from '@countersign/testkit'
import type { Facts } from './check-history.ts'
import { History } from './history.ts'
import { KillableServer } from './killable-server.ts'
import { cheapPasswordCost } from './server-messages.ts'

const redirectUri = 'http://localhost:4999/callback'

const quiet = { logLevel: 'silent', passwordCost: cheapPasswordCost }

function configOf(databaseUrl: string, port: number, gateway: SmsGatewayServer): Config {
  const { user, password } = gateway.credentials
  return {
    issuer: `http://localhost:${port}`,
    phoneUrl: `http://localhost:${port + 1}`,
    databaseUrl,
    listen: [{ host: '127.0.0.1', port }],
    masterKeys: [crypto.getRandomValues(new Uint8Array(32))],
    brand: { name: 'Countersign', supportEmail: 'support@strand.example' },
    minimumAppVersion: '0.1.0',
    sms: { kind: 'http', url: `${gateway.origin}/sms`, authorization: `Bearer ${user}:${password}` },
    smsCountries: ['SE'],
    push: { hosts: [] },
    outbound: { origins: [] },
    demo: false,
  }
}

const password = 'morgonbris-vid-havet'

async function prepare(config: Config, accountCount: number) {
  const context = await openContext(config, quiet)
  try {
    const added = await addApplication(context, {
      id: 'strand',
      name: 'Strand',
      redirectUris: [redirectUri],
      postLogoutRedirectUris: [],
    })
    if (added.kind === 'refused') throw new Error(added.faults.join(' '))
    const accounts: WorldAccount[] = []
    for (let number = 0; number < accountCount; number++) {
      const account = { email: `person-${number}@strand.example`, phoneNumber: `+46701${740_000 + number}` }
      const refused = await addAccount(context, { ...account, name: 'Anna', locale: 'sv', secret: { password } })
      if (refused.kind === 'refused') throw new Error(refused.faults.join(' '))
      accounts.push({ ...account, password })
    }
    return { application: { id: 'strand', name: 'Strand', secret: added.secret }, accounts }
  } finally {
    await context.close()
  }
}

/** Everything that clients need. */
export interface Stage extends AsyncDisposable {
  readonly site: Pick<World, 'config'> & { readonly application: Omit<World['application'], 'apiKey'> }
  readonly server: KillableServer
  readonly gateway: SmsGatewayServer
  readonly history: History
  /** An account that nobody has used; none where all are used. */
  takeAccount(): WorldAccount | undefined
  /** Aborted when the clients are to come to an end. */
  readonly ending: AbortController
  /** What the database holds. */
  readFacts(): Promise<Facts>
}

/** Prepares a database with accounts. The server is not started yet. */
export async function setStage(databaseUrl: string, port: number, accountCount: number): Promise<Stage> {
  const gateway = await startSmsGateway('http')
  const config = configOf(databaseUrl, port, gateway)
  const { application, accounts } = await prepare(config, accountCount)
  const server = new KillableServer(config)
  return {
    site: { config, application },
    server,
    gateway,
    history: new History(),
    ending: new AbortController(),
    takeAccount: () => accounts.pop(),
    readFacts: () => readFacts(config, gateway),
    async [Symbol.asyncDispose]() {
      await server.kill()
      await gateway[Symbol.asyncDispose]()
    },
  }
}

async function readFacts(config: Config, gateway: SmsGatewayServer): Promise<Facts> {
  const context = await openContext(config, quiet)
  try {
    const read = await context.db.read(async (query) => ({
      approvals: await query.selectFrom('approvals').select(['id', 'device_id', 'state', 'redemption_id']).execute(),
      devices: await query.selectFrom('devices').select(['id', 'state']).execute(),
      audit: await query.selectFrom('audit').select(['approval_id', 'kind']).orderBy('seq').execute(),
      outbox: await query.selectFrom('outbox').select(['id', 'payload', 'expires_at']).execute(),
    }))
    return {
      approvals: read.approvals.map(({ id, device_id, state, redemption_id }) => ({
        id,
        device: device_id,
        state,
        redemption: redemption_id,
      })),
      devices: read.devices,
      audit: read.audit.flatMap(({ approval_id, kind }) =>
        approval_id !== null && kind.startsWith('approval.') ? [{ approval: approval_id, kind }] : [],
      ),
      sent: gateway.accepted.map(({ to }) => to),
      waiting: read.outbox
        .filter(({ expires_at }) => expires_at > Date.now())
        .map(({ id, payload }) => String(JSON.parse(Buffer.from(context.seal.open(payload, id)).toString()).to)),
    }
  } finally {
    await context.close()
  }
}
