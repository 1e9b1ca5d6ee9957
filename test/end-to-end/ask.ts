/** Asking a person's phone without the page: for what is looked at on the phone alone. */
import { AccountId, ApplicationId, type ApprovalId, DeviceId } from '@countersign/protocol'
import { loginTemplate, startApproval } from '@countersign/server/use-cases'
import type { World, WorldAccount } from '@countersign/testkit'
import type { Language } from './stage.ts'

export interface Asked {
  readonly approval: ApprovalId
  /** The two digits that would be on the page. */
  readonly number: string
}

let requesters = 0

/** Asks a person with a linked phone to sign in, each time from another browser. */
export async function ask(world: World, account: WorldAccount, language: Language): Promise<Asked> {
  const { context } = world.running
  const phone = await context.db.read((query) =>
    query
      .selectFrom('devices')
      .innerJoin('accounts', 'accounts.id', 'devices.account_id')
      .select(['devices.id', 'devices.account_id'])
      .where('accounts.email', '=', account.email)
      .where('devices.state', '=', 'active')
      .executeTakeFirstOrThrow(),
  )
  const started = await startApproval(context, {
    account: AccountId.parse(phone.account_id),
    device: DeviceId.parse(phone.id),
    application: { id: ApplicationId.parse(world.application.id), name: world.application.name },
    action: 'login',
    template: loginTemplate,
    locale: language,
    data: {},
    context: { place: 'Stockholm', browser: 'Firefox, Linux' },
    requester: `browser-${++requesters}`,
  })
  if (started.kind !== 'started') throw new Error(`Nothing was started: ${started.kind}.`)
  const { binding_value: number } = await approvalOf(world, started.approval)
  if (number === null) throw new Error('There is no number to pick.')
  return { approval: started.approval, number }
}

/** How an approval stands on the server. */
export const approvalOf = (world: World, approval: ApprovalId) =>
  world.running.context.db.read((query) =>
    query
      .selectFrom('approvals')
      .select(['state', 'binding_value', 'amr'])
      .where('id', '=', approval)
      .executeTakeFirstOrThrow(),
  )
