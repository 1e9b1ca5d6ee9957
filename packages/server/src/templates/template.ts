/** PURE: an action template: which data it takes, and the words that it makes of them (protocol section 3). */
import {
  type ActionData,
  type Binding,
  decimalsOf,
  isIban,
  type Line,
  type Locale,
  locales,
  minorUnits,
  parseMoney,
  ShownText,
  type TemplateDefinition,
  type TemplateField,
} from '@countersign/protocol'
import * as z from 'zod/mini'
import { originLines } from './origin-lines.ts'

/** What a template is given. Everything in `lines` is on the screen; the phone shows nothing else. */
export interface TemplateInput {
  readonly locale: Locale
  readonly application: string
  readonly account: string
  readonly browser: string | null
  readonly place: string | null
  readonly data: ActionData
}

export interface TemplateOutput {
  readonly headline: string
  readonly lines: Line[]
}

/** Makes the words of an action. The only place where headline and lines are made, so that words and data cannot disagree. */
export interface Template {
  readonly version: number
  /** The least binding of this action. */
  readonly binding: Binding
  fill(input: TemplateInput): TemplateOutput
}

/** Groups of three before the point, kept on one line: `1 250,00 SEK`, `1,250.00 SEK`. */
function showMoney(value: string, locale: Locale): string {
  const [amount = '', currency = ''] = value.split(' ')
  const [whole = '', decimals] = amount.split('.')
  const [group, point] = locale === 'sv' ? ['\u00a0', ','] : [',', '.']
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group)
  return `${grouped}${decimals === undefined ? '' : point + decimals}\u00a0${currency}`
}

const showIban = (value: string) => value.replace(/(.{4})(?=.)/g, '$1 ')

function show(field: TemplateField, value: string, locale: Locale): string {
  switch (field.type) {
    case 'money':
      return showMoney(value, locale)
    case 'iban':
      return showIban(value)
    case 'choice':
      return field.options[value]?.[locale] ?? value
    case 'text':
    case 'email':
      return value
  }
}

const isWithin = (limits: Readonly<Record<string, string>>, value: string): boolean => {
  const money = parseMoney(value)
  const limit = money && Object.hasOwn(limits, money.currency) ? limits[money.currency] : undefined
  if (money === null || limit === undefined || money.minor <= 0n) return false
  const maximum = minorUnits(limit, money.currency)
  return maximum !== null && money.minor <= maximum
}

const Email = z.email().check(z.maxLength(254))

function isFor(field: TemplateField, value: string): boolean {
  switch (field.type) {
    case 'text':
      return ShownText(field.maximum_length).safeParse(value).success
    case 'money':
      return isWithin(field.maximum, value)
    case 'iban':
      return isIban(value)
    case 'email':
      return Email.safeParse(value).success && ShownText(254).safeParse(value).success
    case 'choice':
      return Object.hasOwn(field.options, value)
  }
}

/** The first field of `data` that the definition does not take, or null where all is as it must be. */
export function faultyField({ fields }: TemplateDefinition, data: ActionData): string | null {
  const extra = Object.keys(data).find((name) => !Object.hasOwn(fields, name))
  if (extra !== undefined) return extra
  for (const [name, field] of Object.entries(fields)) {
    const value = Object.hasOwn(data, name) ? data[name] : undefined
    if (value === undefined ? field.optional !== true : !isFor(field, value)) return name
  }
  return null
}

const placeholder = /\{([a-z][a-z0-9_]{0,39})\}/g

/** The most characters that a field takes on the screen. */
function longest(field: TemplateField): number {
  switch (field.type) {
    case 'text':
      return field.maximum_length
    case 'money':
      return Math.max(
        ...Object.entries(field.maximum).map(([currency, limit]) => showMoney(`${limit} ${currency}`, 'sv').length),
      )
    case 'iban':
      return 42
    case 'email':
      return 254
    case 'choice':
      return Math.max(...Object.values(field.options).flatMap((words) => locales.map((locale) => words[locale].length)))
  }
}

function headlineFaults({ fields, headline }: TemplateDefinition): string[] {
  return locales.flatMap((locale) => {
    const text = headline[locale]
    const named = [...text.matchAll(placeholder)].map(([, name = '']) => name)
    const missing = named.find((name) => !Object.hasOwn(fields, name) || fields[name]?.optional === true)
    if (missing !== undefined) return [`headline.${locale} names ${missing}, which is not always there.`]
    const rest = text.replace(placeholder, '')
    if (/[{}]/.test(rest)) return [`headline.${locale} has a brace that is no field.`]
    const length = named.reduce((sum, name) => sum + (fields[name] ? longest(fields[name]) : 0), rest.length)
    return length <= 120 ? [] : [`headline.${locale} can become ${length} characters long; 120 is the most.`]
  })
}

function moneyFaults({ fields }: TemplateDefinition): string[] {
  return Object.entries(fields).flatMap(([name, field]) =>
    field.type !== 'money'
      ? []
      : Object.entries(field.maximum)
          .filter(([currency, limit]) => minorUnits(limit, currency) === null)
          .map(([currency]) => `fields.${name}.maximum.${currency} must have ${decimalsOf(currency)} decimals.`),
  )
}

/** What is wrong with a definition whose shape is right, each a sentence. Every field must be on a line, and only fields. */
export function faultsOf(definition: TemplateDefinition): string[] {
  const { fields, lines } = definition
  const shown = lines.map(({ field }) => field)
  const unknown = shown
    .filter((name) => !Object.hasOwn(fields, name))
    .map((name) => `A line names ${name}, which is no field.`)
  const unseen = Object.keys(fields)
    .filter((name) => !shown.includes(name))
    .map((name) => `The field ${name} is on no line: the person would not see it.`)
  return [...unknown, ...unseen, ...moneyFaults(definition), ...headlineFaults(definition)]
}

/** The template of a definition that has no faults. */
export const templateOf = (definition: TemplateDefinition, version: number): Template => ({
  version,
  binding: definition.binding,
  fill({ locale, data, ...origin }) {
    const shown = (name: string): string | null => {
      const [field, value] = [definition.fields[name], Object.hasOwn(data, name) ? data[name] : undefined]
      return field === undefined || value === undefined ? null : show(field, value, locale)
    }
    return {
      headline: definition.headline[locale].replace(placeholder, (_, name: string) => shown(name) ?? ''),
      lines: [
        ...definition.lines.flatMap(({ label, field }) => {
          const value = shown(field)
          return value === null ? [] : [{ label: label[locale], value }]
        }),
        ...originLines({ locale, ...origin }),
      ],
    }
  },
})
