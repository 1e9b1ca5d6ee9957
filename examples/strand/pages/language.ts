/** Which language the page speaks: the one chosen here, else the browser's, else English. */

const locales = ['sv', 'en'] as const
export type Locale = (typeof locales)[number]

const place = 'strand.language'

const localeOf = (tag: string): Locale | undefined =>
  locales.find((locale) => locale === tag.toLowerCase().split('-')[0])

/** @param wanted the browser's languages, the dearest first, as BCP 47 tags */
export function pickLanguage(chosen: string | null, wanted: readonly string[]): Locale {
  const tags = chosen === null ? wanted : [chosen, ...wanted]
  return tags.map(localeOf).find((locale) => locale !== undefined) ?? 'en'
}

// Storage throws where a browser forbids it; the choice then holds for this page alone.
export function readChosenLanguage(): string | null {
  try {
    return localStorage.getItem(place)
  } catch {
    return null
  }
}

export function keepChosenLanguage(locale: Locale): void {
  try {
    localStorage.setItem(place, locale)
  } catch {
    return
  }
}
