/**
 * The tables, as Kysely sees them on both databases. Times are integer milliseconds since the epoch, flags 0 or 1,
 * JSON is text, bytes are `Uint8Array`. Each table has one owner, the feature folder named beside it; no other feature
 * writes or reads it.
 */
import type { Generated } from 'kysely'

/** Owner: accounts */
export interface AccountsTable {
  id: string
  /** As the person writes it. */
  email: string
  /** NFC, trimmed, lower case. Unique. */
  email_key: string
  name: string
  password_hash: string
  /** E.164 */
  phone_number: string
  locale: string
  state: 'active' | 'locked' | 'disabled'
  /** The application that made it, which lets its people in by itself; null where people sign in here. */
  made_by: string | null
  created_at: number
}

/** Owner: applications */
export interface ApplicationsTable {
  id: string
  name: string
  /** SHA-256 of the client secret, which is 32 random bytes. */
  secret_hash: Uint8Array
  redirect_uris: string
  post_logout_redirect_uris: string
  /** 1 where it may ask for approvals by itself. */
  starts_approvals: Generated<number>
  /** Approvals that it may start in a minute, over all accounts. */
  starts_per_minute: Generated<number>
  created_at: number
}

/** Owner: applications. Where its pages are that may watch an approval. */
export interface PageOriginsTable {
  application_id: string
  origin: string
}

/** Owner: applications */
export interface ApiKeysTable {
  /** The middle of the key, by which it is found and named. */
  id: string
  application_id: string
  /** SHA-256 of the whole key. */
  hash: Uint8Array
  /** JSON */
  scopes: string
  created_at: number
  /** Null: until it is revoked, which is an end in the past. */
  expires_at: number | null
}

/** Owner: applications. Which accounts an application may ask. */
export interface RelationsTable {
  application_id: string
  account_id: string
  /** The application's own name for the account, or null. */
  external_id: string | null
}

/** Owner: templates. A version is never changed. */
export interface TemplatesTable {
  application_id: string
  action: string
  version: number
  /** JSON: `TemplateDefinition`. */
  definition: string
  created_at: number
}

/** Owner: devices */
export interface DevicesTable {
  id: string
  account_id: string
  key_thumbprint: string
  sign_jwk: string
  name: string
  platform: string
  app_version: string
  state: 'linking' | 'active' | 'blocked' | 'removed'
  /** 1 on at most one device of an account (a unique index says so). */
  authenticating: number
  /** The unlock secret, sealed with the device id as additional data. Empty once removed. */
  unlock_secret: Uint8Array
  unlock_tries_left: number
  /** What opens the secret on the phone beside the passcode (WebAuthn), or nothing. */
  credential_id: string | null
  /** Its public key: COSE_Key. */
  credential_key: Uint8Array | null
  /** The renewal that made the unlock secret; null while it is the one of the linking. */
  renewal_id: string | null
  created_at: number
  activated_at: number | null
  last_seen_at: number | null
  removed_at: number | null
}

/** Owner: linking */
export interface LinkingsTable {
  id: string
  account_id: string
  key_thumbprint: string
  sign_jwk: string
  locale: string
  state: 'code' | 'keys' | 'activate' | 'done' | 'ended'
  code_hash: Uint8Array
  code_tries_left: number
  proof_tries_left: number
  device_id: string | null
  /** The server's ephemeral ECDH private key, sealed with the linking id as additional data; gone once used. */
  ecdh_private: Uint8Array | null
  ecdh_public: string | null
  /** SHA-256 of the transcript that both sides signed; null before. */
  transcript_digest: Uint8Array | null
  expires_at: number
  created_at: number
  /** What shows that the phone is the person's: an SMS code, or digits that were typed on a page. */
  confirmed_by: 'sms' | 'page' | 'nobody-yet'
}

/** Owner: linking. Codes for one phone, shown to a person who is logged in at an application. */
export interface LinkingOffersTable {
  id: string
  account_id: string
  application_id: string
  /** SHA-256 of the code. */
  code_hash: Uint8Array
  state: 'open' | 'scanned' | 'confirmed' | 'ended'
  linking_id: string | null
  expires_at: number
  created_at: number
}

/** Owner: renewals. The one renewal of a device that is under way. */
export interface RenewalsTable {
  device_id: string
  id: string
  /** The new unlock secret, sealed with the renewal id as additional data. */
  unlock_secret: Uint8Array
  /** SHA-256 of the transcript. */
  transcript_digest: Uint8Array
  proof_tries_left: number
  expires_at: number
  created_at: number
}

/** Owner: approvals */
export interface ApprovalsTable {
  id: string
  account_id: string
  device_id: string
  application_id: string
  action: string
  template: number
  data: string
  context: string
  locale: string
  binding: string
  /** What must be answered beside the proof: the number on the page. Null when the binding is `plain`. */
  binding_value: string | null
  /** JSON: the numbers that the phone offers. */
  binding_choices: string | null
  state: 'pending' | 'approved' | 'declined' | 'expired' | 'cancelled'
  /** Why it ended: a decline reason, or what cancelled it. */
  reason: string | null
  /** While pending: account, requester and action in one; unique, so that one approval of a kind is alive. Null after. */
  live_key: string | null
  round: number
  /** 1 once the page has chosen the offline way. */
  offline: number
  /** End of the current round. */
  expires_at: number
  response_tries_left: number
  created_at: number
  decided_at: number | null
  method: 'push' | 'offline-typed' | 'offline-qr' | 'sms' | null
  amr: string | null
  decision_jws: string | null
  decision_device_id: string | null
  redemption_id: string | null
  redeemed_at: number | null
  /** 1: no push goes out for it, because of those before it that nobody answered. */
  quiet: number
  /** The round that was answered; null before, and for those that ended before this was kept. */
  decided_round: number | null
}

/** Owner: approvals. Who may watch an approval from a page. */
export interface PageTokensTable {
  /** SHA-256 of the token. */
  hash: Uint8Array
  approval_id: string
  created_at: number
}

/** Owner: approvals */
export interface ReceiptsTable {
  approval_id: string
  /** Compact JWS. */
  receipt: string
  created_at: number
}

/** Owner: approvals */
export interface RoundsTable {
  approval_id: string
  round: number
  /** The canonical document. */
  document: string
  document_jws: string
  digest: Uint8Array
  issued_at: number
  expires_at: number
}

/** Owner: offline. Consecutive wrong responses of an account, over all its approvals. */
export interface OfflineLocksTable {
  account_id: string
  failures: number
  /** Null: not locked. */
  locked_until: number | null
  /** 1: only an approval with network unlocks. */
  until_online: number
}

/** Owner: sign-in. One per OIDC interaction; the id is the interaction's uid. */
export interface SignInsTable {
  id: string
  application_id: string
  account_id: string | null
  approval_id: string | null
  step: 'password' | 'sms-code' | 'link-phone' | 'blocked' | 'approval' | 'done' | 'cancelled'
  locale: string
  /** Approvals started since the password was right. */
  starts: number
  password_at: number | null
  /** Hash of the browser's cookie; null before the password was right. */
  browser: string | null
  /** HMAC of the SMS code that is out; only while `sms-code`. */
  code_hash: Uint8Array | null
  code_tries_left: number
  code_expires_at: number | null
  /** When the right SMS code came; from `link-phone` on. */
  confirmed_at: number | null
  created_at: number
  expires_at: number
}

/** Owner: sign-in. What oidc-provider stores. */
export interface OidcRecordsTable {
  model: string
  id: string
  payload: string
  grant_id: string | null
  uid: string | null
  consumed_at: number | null
  expires_at: number | null
}

/** Owner: http (device request signatures). Nonces of writes that were made. */
export interface NoncesTable {
  nonce: string
  expires_at: number
}

/** Owner: http. Creating calls of applications that were made, with their answers. */
export interface IdempotencyKeysTable {
  application_id: string
  route: string
  idempotency_key: string
  /** SHA-256 of the bytes that were sent. */
  body_hash: Uint8Array
  /** Tells one call from another with the same key. */
  run: string
  leased_until: number
  /** Sealed; null while the call runs. */
  answer: Uint8Array | null
  expires_at: number
}

/** Owner: limits */
export interface LimitsTable {
  key: string
  count: number
  window_ends_at: number
}

/** Owner: jobs. Effects that wait to leave. */
export interface OutboxTable {
  id: string
  kind: string
  /** Who receives it, where one that is slow must not take the room of the others; else null. */
  lane: string | null
  /** Sealed, with the row's id as additional data. */
  payload: Uint8Array
  not_before: number
  attempts: number
  created_at: number
  expires_at: number
}

/** Owner: delivery. Where a device is reached. */
export interface PushSubscriptionsTable {
  device_id: string
  transport: 'web-push'
  /** Endpoint and keys as JSON, sealed with the device id as additional data. */
  address: Uint8Array
  /** The server's public key that it was made for. */
  vapid_key: string
  created_at: number
}

/** Owner: delivery. What became of each push. */
export interface DeliveryAttemptsTable {
  seq: Generated<number>
  approval_id: string
  device_id: string
  transport: string
  outcome: 'accepted' | 'gone' | 'refused' | 'failed'
  /** What the push service answered; null where it did not. */
  status: number | null
  took_ms: number
  at: number
}

/** Owner: delivery. The first confirmation of a phone that it was reached. */
export interface DeliveryReceiptsTable {
  approval_id: string
  device_id: string
  transport: 'web-push' | 'stream'
  received_at: number
}

/** Owner: webhooks. Where an application is told what happened. */
export interface WebhookEndpointsTable {
  id: string
  application_id: string
  url: string
  /** Sealed, with the row's id as additional data. */
  secret: Uint8Array
  /** The one before it, sealed, which signs along for a while. */
  previous_secret: Uint8Array | null
  previous_until: number | null
  created_at: number
  disabled_at: number | null
}

/** Owner: webhooks. What one endpoint is told. */
export interface WebhookMessagesTable {
  id: string
  endpoint_id: string
  type: string
  /** JSON, as it is sent. */
  body: string
  state: 'waiting' | 'delivered' | 'failed'
  /** How often it was queued: only the last time counts. */
  run: number
  /** Attempts of this run. */
  attempts: number
  /** What the receiver answered last; null where it did not. */
  last_status: number | null
  /** When it is tried next; only while it waits. */
  next_at: number | null
  gives_up_at: number
  created_at: number
  delivered_at: number | null
}

/** Owner: audit */
export interface AuditTable {
  seq: Generated<number>
  at: number
  kind: string
  account_id: string | null
  device_id: string | null
  approval_id: string | null
  application_id: string | null
  /** JSON; never a secret, a code or a document. */
  detail: string
}

/** Owner: platform (signing keys) */
export interface SigningKeysTable {
  /** RFC 7638 thumbprint. */
  id: string
  purpose: 'document' | 'oidc' | 'vapid' | 'receipt'
  public_jwk: string
  /** PKCS #8, sealed with the id as additional data. */
  private_key: Uint8Array
  created_at: number
  retired_at: number | null
}

export interface Schema {
  accounts: AccountsTable
  applications: ApplicationsTable
  page_origins: PageOriginsTable
  api_keys: ApiKeysTable
  relations: RelationsTable
  templates: TemplatesTable
  devices: DevicesTable
  linkings: LinkingsTable
  linking_offers: LinkingOffersTable
  renewals: RenewalsTable
  approvals: ApprovalsTable
  rounds: RoundsTable
  page_tokens: PageTokensTable
  receipts: ReceiptsTable
  offline_locks: OfflineLocksTable
  sign_ins: SignInsTable
  oidc_records: OidcRecordsTable
  nonces: NoncesTable
  idempotency_keys: IdempotencyKeysTable
  limits: LimitsTable
  outbox: OutboxTable
  push_subscriptions: PushSubscriptionsTable
  delivery_attempts: DeliveryAttemptsTable
  delivery_receipts: DeliveryReceiptsTable
  webhook_endpoints: WebhookEndpointsTable
  webhook_messages: WebhookMessagesTable
  audit: AuditTable
  signing_keys: SigningKeysTable
}
