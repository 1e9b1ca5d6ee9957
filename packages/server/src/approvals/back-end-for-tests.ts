/** What an application does in tests: its template, a bill, and calls over HTTP. */
import type { TemplateDefinition } from '@countersign/protocol'
import type { Scene } from './world-for-tests.ts'

export const definition: TemplateDefinition = {
  binding: 'plain',
  fields: {
    amount: { type: 'money', maximum: { SEK: '100000.00' } },
    payee: { type: 'text', maximum_length: 60 },
    account_number: { type: 'iban' },
    message: { type: 'text', maximum_length: 140, optional: true },
  },
  headline: { sv: 'Betala {amount} till {payee}', en: 'Pay {amount} to {payee}' },
  lines: [
    { label: { sv: 'Belopp', en: 'Amount' }, field: 'amount' },
    { label: { sv: 'Mottagare', en: 'Payee' }, field: 'payee' },
    { label: { sv: 'Kontonummer', en: 'Account number' }, field: 'account_number' },
    { label: { sv: 'Meddelande', en: 'Message' }, field: 'message' },
  ],
}

export const bill = { amount: '1250.00 SEK', payee: 'Skogens El AB', account_number: 'SE4550000000058398257466' }

interface Extra {
  readonly body?: unknown
  /** An API key or a page token, where it is another one than the application's. */
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What an application's back end does over HTTP, and its pages with a token. */
export function backEnd({ world }: Scene, apiKey = world.application.apiKey) {
  const call = async (method: string, path: string, { body, token = apiKey, headers = {} }: Extra = {}) => {
    const answer = await fetch(world.config.issuer + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) }
  }
  return {
    call,
    define: () => call('PUT', '/v1/templates/transfer.create', { body: definition }),
    /** Asks Anna to pay the bill, or something else of it. */
    start: (account: string, other: object = {}, headers: Readonly<Record<string, string>> = {}) =>
      call('POST', '/v1/approvals', {
        headers,
        body: {
          account: { id: account },
          action: 'transfer.create',
          data: bill,
          context: { place: null, browser: 'Firefox, Linux' },
          session: 'browser-1',
          ...other,
        },
      }),
  }
}

/** Anna has signed in to the application once: it knows her. */
export async function relateAnna({ world, phone }: Scene): Promise<string> {
  const { id } = phone.stored.account
  await world.running.context.db.write((transaction) =>
    transaction
      .insertInto('relations')
      .values({ application_id: world.application.id, account_id: id, external_id: null })
      .execute(),
  )
  return id
}
