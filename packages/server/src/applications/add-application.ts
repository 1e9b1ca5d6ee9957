/** Registering an application. */
import { ApplicationId, ShownText, sha256, toBase64url, utf8 } from '@countersign/protocol'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { faultsOfLeave, type Leave, usualStartsPerMinute } from './allow-approvals.ts'
import { type Application, isRedirectUri } from './application.ts'
import { insertApplication } from './application-store.ts'

export interface ApplicationInput {
  /** The OAuth client id: lower-case letters, digits and hyphens. */
  readonly id: string
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  /** Origins of pages that may watch an approval; left out, those of the redirect URIs. */
  readonly pageOrigins?: readonly string[]
  /** Whether it may ask for approvals by itself; left out, it may not. */
  readonly startsApprovals?: boolean
  /** Approvals that it may start in a minute; left out, 600. */
  readonly startsPerMinute?: number
}

export type AddedApplication =
  /** `secret` is told here and never again. */
  | { readonly kind: 'added'; readonly application: Application; readonly secret: string }
  /** Every fault, each a sentence. Nothing was added. */
  | { readonly kind: 'refused'; readonly faults: readonly string[] }

const leaveOf = (input: ApplicationInput): Leave => ({
  pageOrigins: input.pageOrigins ?? [],
  startsPerMinute: input.startsPerMinute ?? usualStartsPerMinute,
})

function faultsOf(input: ApplicationInput): string[] {
  const uriFaults = [...input.redirectUris, ...input.postLogoutRedirectUris]
    .filter((uri) => !isRedirectUri(uri))
    .map((uri) => `${uri} is not an https address (or http on this machine) without a fragment.`)
  return [
    ...(ApplicationId.safeParse(input.id).success
      ? []
      : ['The id must be 1 to 63 lower-case letters, digits and hyphens.']),
    ...(ShownText(60).safeParse(input.name).success ? [] : ['The name must have 1 to 60 visible characters.']),
    ...(input.redirectUris.length > 0 || input.startsApprovals === true
      ? []
      : ['At least one redirect address is needed, or leave to ask for approvals.']),
    ...uriFaults,
    ...faultsOfLeave(leaveOf(input)),
  ]
}

/** Registers an application and makes its secret: 32 random bytes, of which the SHA-256 is kept. */
export async function addApplication(context: Context, input: ApplicationInput): Promise<AddedApplication> {
  const faults = faultsOf(input)
  if (faults.length > 0) return { kind: 'refused', faults }
  const { name, redirectUris, postLogoutRedirectUris } = input
  const application: Application = {
    id: ApplicationId.parse(input.id),
    name,
    redirectUris,
    postLogoutRedirectUris,
    startsApprovals: input.startsApprovals ?? false,
    startsPerMinute: leaveOf(input).startsPerMinute,
  }
  const pageOrigins = input.pageOrigins ?? redirectUris.map((uri) => new URL(uri).origin)
  const secret = toBase64url(context.random.bytes(32))
  const added = await context.db.write(async (transaction) => {
    const secretHash = sha256(utf8(secret))
    if (!(await insertApplication(transaction, application, { secretHash, pageOrigins }))) return false
    await recordAudit(transaction, { kind: 'application.added', application: application.id })
    return true
  })
  if (!added) return { kind: 'refused', faults: ['There is already an application with this id.'] }
  return { kind: 'added', application, secret }
}
