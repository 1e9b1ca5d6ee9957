/** Action templates: what may be asked, with which data, and in which words. */
import { TemplateAnswer, type TemplateDefinition, TemplateList } from '@countersign/protocol'
import { type CallOptions, pathOf, type Send } from './requests.ts'

export interface Templates {
  /**
   * Defines an action. The words are made from the data by the server, so that they cannot disagree. Put at every start of
   * your program: a definition that is in force already is left alone, another one becomes the next version.
   *
   * @example
   * await countersign.templates.put('transfer.create', {
   *   binding: 'number',
   *   fields: {
   *     amount: { type: 'money', maximum: { SEK: '100000.00' } },
   *     payee: { type: 'text', maximum_length: 60 },
   *   },
   *   headline: { en: 'Pay {amount} to {payee}', sv: 'Betala {amount} till {payee}' },
   *   lines: [
   *     { label: { en: 'Amount', sv: 'Belopp' }, field: 'amount' },
   *     { label: { en: 'To', sv: 'Till' }, field: 'payee' },
   *   ],
   * })
   *
   * @throws CountersignError `invalid_request`, whose message says what is wrong
   */
  put(action: string, definition: TemplateDefinition, options?: CallOptions): Promise<TemplateAnswer>

  /**
   * The definition in force.
   *
   * @example
   * const { version, definition } = await countersign.templates.get('transfer.create')
   *
   * @throws CountersignError `template_unknown`
   */
  get(action: string, options?: CallOptions): Promise<TemplateAnswer>

  /**
   * The definitions in force, of all actions.
   *
   * @example
   * for (const { action, version } of await countersign.templates.list()) console.log(action, version)
   */
  list(options?: CallOptions): Promise<readonly TemplateAnswer[]>
}

/** @internal */
export const templatesOver = (send: Send): Templates => ({
  put: (action, definition, options) =>
    send(
      {
        method: 'PUT',
        path: pathOf('templates', action),
        body: definition,
        answer: TemplateAnswer,
        repeatable: true,
      },
      options,
    ),
  get: (action, options) =>
    send({ method: 'GET', path: pathOf('templates', action), answer: TemplateAnswer, repeatable: true }, options),
  async list(options) {
    const path = pathOf('templates')
    return (await send({ method: 'GET', path, answer: TemplateList, repeatable: true }, options)).items
  },
})
