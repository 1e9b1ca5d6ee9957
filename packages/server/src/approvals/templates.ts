/**
 * Action templates: from typed data to the words on the phone's screen (protocol section 3).
 *
 * The only place where headline and lines are made, so that words and data cannot disagree.
 */
import type { Binding, Line, Locale } from '@countersign/protocol'

/** What a template is given. Everything in `lines` is on the screen; the phone shows nothing else. */
export interface TemplateInput {
  readonly locale: Locale
  readonly application: string
  readonly account: string
  readonly browser: string | null
  readonly place: string | null
}

export interface TemplateOutput {
  readonly headline: string
  readonly lines: Line[]
}

export interface Template {
  readonly version: number
  /** The least binding of this action. */
  readonly binding: Binding
  fill(input: TemplateInput): TemplateOutput
}

const words = {
  en: {
    signIn: (application: string) => `Log in to ${application}`,
    account: 'Account',
    browser: 'Browser',
    place: 'Place (approximate)',
    unknown: 'Unknown',
  },
  sv: {
    signIn: (application: string) => `Logga in på ${application}`,
    account: 'Konto',
    browser: 'Webbläsare',
    place: 'Plats (ungefärlig)',
    unknown: 'Okänd',
  },
} as const

const login: Template = {
  version: 1,
  binding: 'number',
  fill: ({ locale, application, account, browser, place }) => {
    const say = words[locale]
    return {
      headline: say.signIn(application),
      lines: [
        { label: say.account, value: account },
        { label: say.browser, value: browser ?? say.unknown },
        { label: say.place, value: place ?? say.unknown },
      ],
    }
  },
}

/** The actions that can be asked. */
export const templates = { login } as const satisfies Record<string, Template>

export type Action = keyof typeof templates
