/** Which language the page speaks: the one chosen here, else the browser's, else English. */
import { Locale } from '@countersign/protocol'

const place = 'countersign.language'

/** @param wanted the browser's languages, the dearest first, as BCP 47 tags */
export function pickLanguage(chosen: string | null, wanted: readonly string[]): Locale {
  for (const tag of chosen === null ? wanted : [chosen, ...wanted]) {
    const parsed = Locale.safeParse(tag.toLowerCase().split('-')[0])
    if (parsed.success) return parsed.data
  }
  return 'en'
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
