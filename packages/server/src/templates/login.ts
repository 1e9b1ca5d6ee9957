/** The template of a login, which is the server's own. */
import { originLines } from './origin-lines.ts'
import type { Template } from './template.ts'

const words = {
  en: { signIn: (application: string) => `Log in to ${application}`, account: 'Account' },
  sv: { signIn: (application: string) => `Logga in på ${application}`, account: 'Konto' },
} as const

export const loginTemplate: Template = {
  version: 1,
  binding: 'number',
  fill: (input) => {
    const say = words[input.locale]
    return {
      headline: say.signIn(input.application),
      lines: [{ label: say.account, value: input.account }, ...originLines(input)],
    }
  },
}

/** Actions that no application may define: the server asks for them itself. */
export const ownActions: ReadonlySet<string> = new Set(['login', 'device.link'])
