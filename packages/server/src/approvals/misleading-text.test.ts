/**
 * abuse-7, abuse-8: whatever an operator, a person or a browser is called, the document says who asks, for whom, from which
 * browser and from where, each in its own line; or it is not made.
 */
import {
  AccountId,
  ApplicationId,
  ApprovalId,
  DeviceId,
  Locale,
  ShownText,
  type TemplateDefinition,
} from '@countersign/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addAccount } from '../accounts/index.ts'
import { addApplication } from '../applications/index.ts'
import { openTestContext } from '../context-for-tests.ts'
import { loginTemplate, templateOf } from '../templates/index.ts'
import { firstDocument, nextDocument, type Question } from './document.ts'

const id = 'A'.repeat(22)
const now = Date.UTC(2026, 2, 10, 12)
const nonce = new Uint8Array(32)

const question: Question = {
  approval: ApprovalId.parse(`apr_${id}`),
  audience: 'https://id.example.com',
  account: { id: AccountId.parse(`acc_${id}`), email: 'anna@strand.example' },
  device: DeviceId.parse(`dev_${id}`),
  application: { id: ApplicationId.parse('strand'), name: 'Strand' },
  action: 'login',
  template: loginTemplate,
  locale: 'sv',
  data: {},
  context: { place: null, browser: null },
  binding: 'number',
}

const labels = {
  sv: {
    headline: 'Logga in på ',
    account: 'Konto',
    browser: 'Webbläsare',
    place: 'Plats (ungefärlig)',
    unknown: 'Okänd',
  },
  en: {
    headline: 'Log in to ',
    account: 'Account',
    browser: 'Browser',
    place: 'Place (approximate)',
    unknown: 'Unknown',
  },
} as const

const nasty = [
  '\u202e',
  '\u2066',
  '\u200b',
  '\u2028',
  '\n',
  '\0',
  '\u3164',
  '\ufe0f',
  '\ud800',
  '\u0489',
  '\u00ad',
  ' ',
  '\u00a0',
]
const unit = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...'Strand anna@example.se 12 åäö') },
  { weight: 1, arbitrary: fc.constantFrom(...nasty) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
)
const anyText = fc.oneof(
  fc.string({ unit, maxLength: 20 }),
  fc.string({ unit, maxLength: 20 }).map((text) => text.normalize('NFC').trim()),
  fc.constantFrom('a'.repeat(300), 'Strand\nKonto: erik@strand.example', '<b>Strand</b>', '{name}', '%s', '$&'),
)
const orUnknown = fc.option(anyText, { nil: null })

describe('abuse-7 the words of a request', () => {
  test('are the template’s, with the given texts in their places as they are, or there is no document', () => {
    const made = { documents: 0, refused: 0 }
    fc.assert(
      fc.property(fc.constantFrom(...Locale.options), anyText, anyText, orUnknown, orUnknown, (locale, ...texts) => {
        const [application, email, browser, place] = texts
        const asked = {
          ...question,
          locale,
          account: { ...question.account, email },
          application: { ...question.application, name: application },
          context: { browser, place },
        }
        const say = labels[locale]
        const fits =
          ShownText(60).safeParse(application).success &&
          ShownText(254).safeParse(email).success &&
          [browser, place].every((text) => text === null || ShownText(80).safeParse(text).success)
        if (!fits) {
          made.refused += 1
          expect(() => firstDocument(asked, now, nonce)).toThrow()
          return
        }
        made.documents += 1
        const document = firstDocument(asked, now, nonce)
        expect(document.application).toEqual({ id: 'strand', name: application })
        expect(document.headline).toBe(say.headline + application)
        expect(document.lines).toEqual([
          { label: say.account, value: email },
          { label: say.browser, value: browser ?? say.unknown },
          { label: say.place, value: place ?? say.unknown },
        ])
      }),
      { numRuns: 2_000 },
    )
    expect(Math.min(made.documents, made.refused)).toBeGreaterThan(100)
  })

  test('can be made of every application and every account that is registered', async () => {
    const context = await openTestContext('sqlite::memory:')
    const made = { documents: 0 }
    let count = 0
    const passwordHash = '$argon2id$v=19$m=64,t=1,p=1$YWFhYWFhYWFhYWE$YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE'
    const emails = fc.oneof(
      fc.tuple(anyText, anyText).map((parts) => parts.join('@')),
      fc.nat(60).map((more) => `${'a'.repeat(189 + more)}@b.se`),
    )
    await fc.assert(
      fc.asyncProperty(anyText, emails, async (name, email) => {
        const person = { name: 'Anna', phoneNumber: '+46701740605', locale: 'sv', secret: { passwordHash } } as const
        const account = await addAccount(context, { ...person, email })
        const application = await addApplication(context, {
          id: `a${count++}`,
          name,
          redirectUris: ['https://strand.example/callback'],
          postLogoutRedirectUris: [],
        })
        if (account.kind === 'refused' && application.kind === 'refused') return
        made.documents += 1
        const asked = {
          ...question,
          ...(account.kind === 'added' ? { account: account.account } : {}),
          ...(application.kind === 'added' ? { application: application.application } : {}),
        }
        const registered = { id: asked.application.id, name: asked.application.name }
        const document = firstDocument({ ...asked, application: registered }, now, nonce)
        expect(document.application.name).toBe(registered.name)
        expect(document.lines[0]?.value).toBe(asked.account.email)
      }),
      { numRuns: 150 },
    )
    expect(made.documents).toBeGreaterThan(20)
  })
})

describe('abuse-8 where a request comes from', () => {
  const invite: TemplateDefinition = {
    binding: 'plain',
    fields: { name: { type: 'text', maximum_length: 60 } },
    headline: { sv: 'Bjud in {name}', en: 'Invite {name}' },
    lines: [{ label: { sv: 'Namn', en: 'Name' }, field: 'name' }],
  }
  const contexts = [
    { place: null, browser: null },
    { place: 'Göteborg, Sverige', browser: null },
    { place: null, browser: 'Firefox, Linux' },
    { place: 'Göteborg, Sverige', browser: 'Firefox, Linux' },
  ] as const

  test.each([['login', loginTemplate] as const, ['an action of an application', templateOf(invite, 1)] as const])(
    'is in the lines of every request to %s, and unknown where it is unknown',
    (_, template) => {
      for (const locale of Locale.options) {
        for (const context of contexts) {
          const who = { application: 'Strand', account: 'anna@strand.example', data: { name: 'Erik' } }
          const { lines } = template.fill({ locale, ...who, ...context })
          const said = (label: string) => lines.find((line) => line.label === label)?.value
          const say = labels[locale]
          expect(said(say.browser)).toBe(context.browser ?? say.unknown)
          // A place is never said to be exact.
          expect(said(say.place)).toBe(context.place ?? say.unknown)
          expect(say.place).toMatch(/\((approximate|ungefärlig)\)$/)
        }
      }
    },
  )

  test('is in the document beside them, and stays what it was in every round', () => {
    for (const context of contexts) {
      const first = firstDocument({ ...question, context }, now, nonce)
      const next = nextDocument(first, now + 90_000, nonce)
      for (const document of [first, next]) expect(document.context).toEqual(context)
      expect(next.lines).toEqual(first.lines)
    }
  })

  test.each([
    ['nothing at all', undefined],
    ['no browser', { place: null }],
    ['no place', { browser: null }],
    ['something that is empty', { place: '', browser: null }],
  ])('cannot be %s', (_, context) => {
    expect(() => firstDocument(Object.assign({ ...question }, { context }), now, nonce)).toThrow()
  })
})
