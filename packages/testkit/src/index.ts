/** A whole world in one process for tests, the demo and benches. Must never be imported by what it tests. */
export {
  type AuthenticatorFlag,
  type Ceremony,
  cborOf,
  createAuthenticator,
  createBiometrics,
  type SoftwareAuthenticator,
} from './authenticator.ts'
export { hostileAddresses } from './hostile-addresses.ts'
export { createDatabase, type PostgresOptions, type PostgresServer, postgresServer } from './postgres.ts'
export type { ProvidedToTests } from './provided.ts'
export { type Desktop, type ShownNotification, startDesktop } from './push/desktop.ts'
export type { Log } from './push/log.ts'
export type { Acknowledgement, Delivery } from './push/mailboxes.ts'
export { type PushService, type PushServiceOptions, startPushService } from './push/serve-pushes.ts'
export type { PushSubscriber, ReceivedPush } from './push/subscriber.ts'
export type { PushFault, PushRequest } from './push/take-pushes.ts'
export {
  type AcceptedSms,
  type SmsGatewayFault,
  type SmsGatewayKind,
  type SmsGatewayServer,
  startSmsGateway,
} from './sms-gateways.ts'
export { TestClock } from './test-clock.ts'
export { testConfig } from './test-config.ts'
export { startWebhookReceiver, type TakenWebhook, type WebhookReceiver } from './webhook-receiver.ts'
export {
  cheapPasscodeHash,
  freePort,
  startWorld,
  usualPasscode,
  type World,
  type WorldAccount,
  type WorldOptions,
} from './world.ts'
