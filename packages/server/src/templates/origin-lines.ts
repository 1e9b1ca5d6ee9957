/** PURE: the lines that say where a request comes from. They end every action's lines. */
import type { Line, Locale } from '@countersign/protocol'

const words = {
  en: { browser: 'Browser', place: 'Place (approximate)', unknown: 'Unknown' },
  sv: { browser: 'Webbläsare', place: 'Plats (ungefärlig)', unknown: 'Okänd' },
} as const

export interface Origin {
  readonly locale: Locale
  readonly browser: string | null
  readonly place: string | null
}

/** Browser and place, each said to be unknown where it is. */
export function originLines({ locale, browser, place }: Origin): Line[] {
  const say = words[locale]
  return [
    { label: say.browser, value: browser ?? say.unknown },
    { label: say.place, value: place ?? say.unknown },
  ]
}
