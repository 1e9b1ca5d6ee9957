/** Accounts by your own ids, for applications whose people log in to them without Countersign's password page. */
import {
  AccountAnswer,
  AccountList,
  LinkingOffer,
  LinkingOfferAnswer,
  type PutAccountBody,
} from '@countersign/protocol'
import {
  type Call,
  type CallOptions,
  type CreateOptions,
  nothing,
  pathOf,
  queryOf,
  type Reader,
  type Send,
} from './requests.ts'
import type { System } from './system.ts'

export interface ListAccounts {
  /** At most so many on a page. */
  readonly limit?: number | undefined
  /** `next` of the page before. */
  readonly cursor?: string | undefined
}

export interface Accounts {
  /**
   * Makes an account, or says anew who it is.
   *
   * @param externalId your own id for the person, of up to 200 visible characters
   *
   * @example
   * await countersign.accounts.put('customer-17', { name: 'Anna Berg', email: 'anna@example.com', locale: 'sv' })
   */
  put(externalId: string, account: PutAccountBody, options?: CallOptions): Promise<AccountAnswer>

  /**
   * Who it is, and which phone is asked.
   *
   * @example
   * const { device } = await countersign.accounts.get('customer-17')
   * if (device === null) return askToLinkAPhone()
   *
   * @throws CountersignError `account_unknown`
   */
  get(externalId: string, options?: CallOptions): Promise<AccountAnswer>

  /**
   * Your accounts by their ids, a page at a time.
   *
   * @example
   * const { items, next } = await countersign.accounts.list({ limit: 100 })
   */
  list(wanted?: ListAccounts, options?: CallOptions): Promise<AccountList>

  /**
   * Nothing can be approved any more until it is enabled; what waits ends at once.
   *
   * @example
   * await countersign.accounts.disable('customer-17')
   */
  disable(externalId: string, options?: CallOptions): Promise<AccountAnswer>

  /**
   * Takes `disable` back.
   *
   * @example
   * await countersign.accounts.enable('customer-17')
   */
  enable(externalId: string, options?: CallOptions): Promise<AccountAnswer>

  /**
   * Deletes the account. Receipts stay true.
   *
   * @example
   * await countersign.accounts.delete('customer-17')
   */
  delete(externalId: string, options?: CallOptions): Promise<void>

  /**
   * Another phone number with its country code, or none.
   *
   * @example
   * await countersign.accounts.changePhoneNumber('customer-17', '+46701740605')
   */
  changePhoneNumber(externalId: string, phoneNumber: string | null, options?: CallOptions): Promise<AccountAnswer>

  /**
   * Begins to link a phone, for a page on which this very person is logged in: show `code` as a QR code, for five minutes.
   *
   * @example
   * const { linking, code } = await countersign.accounts.offerLinking('customer-17')
   */
  offerLinking(externalId: string, options?: CreateOptions): Promise<LinkingOffer>

  /**
   * How far that is. Once it is `scanned` the phone shows six digits, which the person types on the page.
   *
   * @example
   * const { state } = await countersign.accounts.readLinking('customer-17', linking)
   */
  readLinking(externalId: string, linking: string, options?: CallOptions): Promise<LinkingOfferAnswer>

  /**
   * The six digits, as typed on the page. One try.
   *
   * @example
   * await countersign.accounts.confirmLinking('customer-17', linking, '402913')
   *
   * @throws CountersignError `code_refused`, after which a new code is needed
   */
  confirmLinking(
    externalId: string,
    linking: string,
    digits: string,
    options?: CallOptions,
  ): Promise<LinkingOfferAnswer>
}

/** @internal */
export function accountsOver(send: Send, system: System): Accounts {
  const call = <Answer>(
    method: Call<Answer>['method'],
    parts: readonly string[],
    answer: Reader<Answer>,
    body?: unknown,
  ): Call<Answer> => ({ method, path: pathOf('accounts', ...parts), answer, body, repeatable: true })

  return {
    put: (id, account, options) => send(call('PUT', [id], AccountAnswer, account), options),
    get: (id, options) => send(call('GET', [id], AccountAnswer), options),
    list(wanted = {}, options) {
      const every = call('GET', [], AccountList)
      return send({ ...every, path: every.path + queryOf(wanted) }, options)
    },
    disable: (id, options) => send(call('POST', [id, 'disable'], AccountAnswer, {}), options),
    enable: (id, options) => send(call('POST', [id, 'enable'], AccountAnswer, {}), options),
    delete: (id, options) => send(call('DELETE', [id], nothing), options),
    changePhoneNumber: (id, phoneNumber, options) =>
      send(call('PUT', [id, 'phone-number'], AccountAnswer, { phone_number: phoneNumber }), options),
    offerLinking: (id, options) =>
      send(
        {
          ...call('POST', [id, 'linkings'], LinkingOffer, {}),
          idempotencyKey: options?.idempotencyKey ?? system.name(),
        },
        options,
      ),
    readLinking: (id, linking, options) => send(call('GET', [id, 'linkings', linking], LinkingOfferAnswer), options),
    confirmLinking: (id, linking, digits, options) =>
      send(
        { ...call('POST', [id, 'linkings', linking, 'confirm'], LinkingOfferAnswer, { digits }), repeatable: false },
        options,
      ),
  }
}
