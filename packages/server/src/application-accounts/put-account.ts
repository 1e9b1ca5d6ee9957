import { AccountId, type PutAccountBody } from '@countersign/protocol'
import {
  changeAccount,
  faultsOfPerson,
  holdAccount,
  insertMadeAccount,
  isMadeBy,
  type MadeAccount,
  phoneNumberOf,
  writtenEmail,
} from '../accounts/index.ts'
import { type Application, findRelated, relate } from '../applications/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../http/index.ts'

/** @throws Refusal `invalid_request` */
function personOf(context: Context, body: PutAccountBody): Omit<MadeAccount, 'id'> {
  const { name, email, locale, phone_number: given } = body
  const faults = faultsOfPerson({ name, email, phoneNumber: given ?? null }, context.config.smsCountries)
  if (faults.length > 0) throw new Refusal('invalid_request', { detail: faults.join(' ') })
  return {
    name,
    email: writtenEmail(email),
    locale,
    phoneNumber: given === undefined ? '' : (phoneNumberOf(given) ?? ''),
  }
}

/**
 * Makes the account of an application's person, or says anew who it is. An account that was disabled stays so.
 *
 * @returns whether it was made
 * @throws Refusal `invalid_request`
 */
export async function putAccount(
  context: Context,
  application: Application,
  externalId: string,
  body: PutAccountBody,
): Promise<boolean> {
  const person = personOf(context, body)
  const id = AccountId.parse(context.random.id('acc'))
  const put = await context.db.write(async (transaction) => {
    const known = await findRelated(transaction, application.id, { external_id: externalId })
    if (known !== null) {
      await holdAccount(transaction, known, 'update')
      if (!(await isMadeBy(transaction, known, application.id))) throw new Refusal('account_unknown')
      await changeAccount(transaction, { id: known, ...person })
      await recordAudit(transaction, { kind: 'account.changed', account: known, application: application.id })
      return 'changed'
    }
    if (!(await insertMadeAccount(transaction, { id, ...person }, { application: application.id, externalId }))) {
      return 'overtaken'
    }
    await relate(transaction, application.id, id, externalId)
    await recordAudit(transaction, { kind: 'account.added', account: id, application: application.id })
    return 'made'
  })
  // Somebody else has made it in the same moment.
  return put === 'overtaken' ? putAccount(context, application, externalId, body) : put === 'made'
}
