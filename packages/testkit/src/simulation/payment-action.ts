/** The action of the simulated application. */
import { ApplicationId, type TemplateDefinition } from '@countersign/protocol'
import type { Context } from '@countersign/server'
import { putTemplate } from '@countersign/server/use-cases'

export const application = { id: ApplicationId.parse('strand'), name: 'Strand' }

export const action = 'transfer.create'

const definition: TemplateDefinition = {
  binding: 'plain',
  fields: { amount: { type: 'money', maximum: { SEK: '100000.00' } }, payee: { type: 'text', maximum_length: 60 } },
  headline: { sv: 'Betala {amount} till {payee}', en: 'Pay {amount} to {payee}' },
  lines: [
    { label: { sv: 'Belopp', en: 'Amount' }, field: 'amount' },
    { label: { sv: 'Mottagare', en: 'Payee' }, field: 'payee' },
  ],
}

export async function defineAction(context: Context): Promise<void> {
  const put = await putTemplate(context, application.id, action, definition)
  if (put.kind === 'refused') throw new Error(put.faults.join(' '))
}
