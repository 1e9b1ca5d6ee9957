/** Starting the server: from a configuration to a context, from a context to a listening process. */
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import type { DestinationStream } from 'pino'
import { registerApplicationAccounts } from './application-accounts/index.ts'
import {
  approvalTopic,
  expireOverdue,
  isAwaited,
  registerApplicationApprovals,
  registerApprovals,
  sweepPageTokens,
} from './approvals/index.ts'
import { type Config, parseConfig } from './config.ts'
import type { Context } from './context.ts'
import { openDatabase } from './db/index.ts'
import { pushHandlers, registerDelivery, sweepDeliveries, sweepPushKeys } from './delivery/index.ts'
import { deviceBelongings } from './device-belongings.ts'
import { registerDevice } from './devices/index.ts'
import { createApp, listen, sweepIdempotencyKeys, sweepNonces } from './http/index.ts'
import { type Jobs, startJobs } from './jobs/index.ts'
import { sweepLimits } from './limits/index.ts'
import { registerLinking, sweepLinkings } from './linking/index.ts'
import { registerOpenApi } from './openapi/index.ts'
import { createOutbound, type Outbound } from './outbound/index.ts'
import { registerPhoneApp } from './phone-app/index.ts'
import { type Clock, systemClock } from './platform/clock.ts'
import { loadKeys } from './platform/keys.ts'
import { openLog } from './platform/log.ts'
import { argon2Passwords, type PasswordCost } from './platform/passwords.ts'
import { type Random, systemRandom } from './platform/random.ts'
import { createSeal } from './platform/seal.ts'
import { createWakeups } from './platform/wakeups.ts'
import { registerRenewals, sweepRenewals } from './renewals/index.ts'
import { registerServerInformation } from './server-information/index.ts'
import { registerSignIn, sweepSignIn } from './sign-in/index.ts'
import {
  createDemoInbox,
  type DemoInbox,
  openGateway,
  registerDemoInbox,
  type SmsChannel,
  smsHandlers,
} from './sms/index.ts'
import { registerTemplates } from './templates/index.ts'
import { registerWebhooks, sweepWebhooks, webhookHandlers } from './webhooks/index.ts'

/** What a test may bring instead of the system's own. */
export interface Adapters {
  readonly clock?: Clock
  readonly random?: Random
  readonly passwordCost?: PasswordCost
  readonly logLevel?: string
  /** Where the lines of the log go instead of the standard output. */
  readonly logTo?: DestinationStream
  /** The folder that the phone app was built into. */
  readonly phonePages?: string
  /** Sees every application before its routes are registered: what tests hold all answers to. */
  readonly onApp?: (app: FastifyInstance) => void
}

export interface OpenContext extends Context {
  close(): Promise<void>
}

/**
 * Opens the database (and brings it up to date), loads or makes the keys, and gives everything that use cases need.
 *
 * @throws DatabaseTooNew, DatabaseUnusable, DataDirectoryUnwritable; SealBroken when the master key is not the database's
 */
export async function openContext(config: Config, adapters: Adapters = {}): Promise<OpenContext> {
  const clock = adapters.clock ?? systemClock
  const db = await openDatabase({ url: config.databaseUrl, clock })
  const seal = createSeal(config.masterKeys)
  const random = adapters.random ?? systemRandom
  const keys = await loadKeys(db, seal).catch(async (error: unknown) => {
    await db.close()
    throw error
  })
  return {
    config,
    db,
    clock,
    random,
    seal,
    keys,
    passwords: argon2Passwords(adapters.passwordCost),
    wakeups: createWakeups(),
    log: openLog(adapters.logLevel, adapters.logTo),
    close: () => db.close(),
  }
}

export interface RunningCountersign {
  readonly context: Context
  /** Where SMS go in the demo; null in production. */
  readonly inbox: DemoInbox | null
  readonly jobs: Jobs
  readonly ports: number[]
  close(): Promise<void>
}

async function createApiApp(context: Context, inbox: DemoInbox | null, { onApp }: Adapters): Promise<FastifyInstance> {
  const app = createApp(context)
  onApp?.(app)
  registerServerInformation(app, context)
  registerLinking(app, context)
  registerDevice(app, context, deviceBelongings)
  registerRenewals(app, context)
  registerApprovals(app, context)
  registerApplicationApprovals(app, context)
  registerTemplates(app, context)
  registerWebhooks(app, context)
  registerApplicationAccounts(app, context, deviceBelongings)
  registerDelivery(app, context)
  registerOpenApi(app, context)
  await registerSignIn(app, context)
  if (inbox !== null) registerDemoInbox(app, context, inbox)
  return app
}

async function createPhoneApp(context: Context, pages: string | undefined): Promise<FastifyInstance> {
  const app = createApp(context)
  await registerPhoneApp(app, context, pages)
  return app
}

function openSms(context: Context): { inbox: DemoInbox | null; channel: SmsChannel } {
  const { sms } = context.config
  if (sms.kind !== 'demo') return { inbox: null, channel: openGateway(sms) }
  const inbox = createDemoInbox(context)
  return { inbox, channel: inbox }
}

const openPush = (context: Context, outbound: Outbound) =>
  pushHandlers(context, {
    outbound,
    isAwaited,
    tell: (approval) => context.wakeups.publish(approvalTopic(approval)),
  })

/** Starts everything and listens. Nothing is left open when it throws. */
export async function startCountersign(config: Config, adapters: Adapters = {}): Promise<RunningCountersign> {
  const context = await openContext(config, adapters)
  const outbound = createOutbound(config.outbound)
  try {
    const { inbox, channel } = openSms(context)
    const server = await listen(
      [
        { host: new URL(config.issuer).host, app: await createApiApp(context, inbox, adapters) },
        { host: new URL(config.phoneUrl).host, app: await createPhoneApp(context, adapters.phonePages) },
      ],
      config.listen,
    )
    const jobs = startJobs(context, {
      handlers: { ...smsHandlers(channel), ...openPush(context, outbound), ...webhookHandlers(context, outbound) },
      sweeps: [
        ...[expireOverdue, sweepNonces, sweepLimits, sweepLinkings, sweepRenewals, sweepSignIn],
        ...[sweepDeliveries, sweepPushKeys, sweepPageTokens, sweepIdempotencyKeys, sweepWebhooks],
      ],
    })
    const close = async () => {
      await server.close()
      await jobs.stop()
      outbound.close()
      await context.close()
    }
    return { context, inbox, jobs, ports: server.ports, close }
  } catch (error) {
    outbound.close()
    await context.close()
    throw error
  }
}

/** The configuration has faults; `faults` holds one sentence for each. */
export class ConfigFaulty extends Error {
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.name = 'ConfigFaulty'
    this.faults = faults
  }
}

/** The configuration in an environment. @throws ConfigFaulty */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = parseConfig(environment, (path) => readFileSync(path, 'utf8'))
  if ('faults' in parsed) throw new ConfigFaulty(parsed.faults)
  return parsed.ok
}

/** The production start: everything from the environment. @throws ConfigFaulty and what `startCountersign` throws */
export const serve = (environment: Readonly<Record<string, string | undefined>>): Promise<RunningCountersign> =>
  startCountersign(readConfig(environment))
