/**
 * Action templates: what an application may ask, with which data, and in which words (protocol section 3).
 *
 * The application sends data alone; the server makes headline and lines of it, so that words and data cannot disagree.
 */
import * as z from 'zod/mini'
import { ActionName } from './document.ts'
import { Currency, DecimalAmount } from './money.ts'
import { ShownText } from './values.ts'

/** The name of a field of `data`. */
export const FieldName = z.string().check(z.regex(/^[a-z][a-z0-9_]{0,39}$/))

/** The same words in every language. */
const InEveryLanguage = (maximum: number) => z.strictObject({ sv: ShownText(maximum), en: ShownText(maximum) })

const isOptional = { optional: z.optional(z.boolean()) }

/** What a field of `data` may hold. Its value is always a string. */
export const TemplateField = z.discriminatedUnion('type', [
  /** Text on one line, shown as it is. */
  z.strictObject({
    type: z.literal('text'),
    maximum_length: z.int().check(z.minimum(1), z.maximum(200)),
    ...isOptional,
  }),
  /** More than nothing, such as `1250.00 SEK`, and at most so much; other currencies are refused. */
  z.strictObject({
    type: z.literal('money'),
    maximum: z.record(Currency, DecimalAmount).check(z.refine((limits) => Object.keys(limits).length > 0)),
    ...isOptional,
  }),
  /** An international bank account number (ISO 13616) without spaces, its check digits right. */
  z.strictObject({ type: z.literal('iban'), ...isOptional }),
  z.strictObject({ type: z.literal('email'), ...isOptional }),
  /** One of these values, shown by its words. */
  z.strictObject({
    type: z.literal('choice'),
    options: z
      .record(z.string().check(z.regex(/^[a-z][a-z0-9_-]{0,39}$/)), InEveryLanguage(60))
      .check(z.refine((options) => Object.keys(options).length > 0)),
    ...isOptional,
  }),
])
export type TemplateField = z.infer<typeof TemplateField>

/** `PUT /v1/templates/{action}`. */
export const TemplateDefinition = z.strictObject({
  /** The least binding of this action. */
  binding: z.enum(['plain', 'number']),
  fields: z.record(FieldName, TemplateField),
  /** May name fields that are always there, in braces: `Pay {amount} to {payee}`. */
  headline: InEveryLanguage(120),
  /** What the phone shows, in this order; browser and place follow. Every field is on a line. */
  lines: z
    .array(z.strictObject({ label: InEveryLanguage(60), field: FieldName }))
    .check(z.minLength(1), z.maxLength(10)),
})
export type TemplateDefinition = z.infer<typeof TemplateDefinition>

/** Answer of `PUT` and `GET /v1/templates/{action}`. The version grows whenever the definition becomes another one. */
export const TemplateAnswer = z.object({
  action: ActionName,
  version: z.int(),
  definition: TemplateDefinition,
})
export type TemplateAnswer = z.infer<typeof TemplateAnswer>

/** Answer of `GET /v1/templates`: of each action the version in force. */
export const TemplateList = z.object({ items: z.array(TemplateAnswer) })
export type TemplateList = z.infer<typeof TemplateList>
