/** Which language the app speaks: the one chosen here, else the browser's, else English. */
import { Locale } from '@countersign/protocol'
import { type ComponentChildren, createContext } from 'preact'
import { useContext, useEffect, useMemo, useState } from 'preact/hooks'
import { type Words, words } from './words.ts'

const place = 'countersign.language'

/** @param wanted the browser's languages, the dearest first, as BCP 47 tags */
export function pickLanguage(chosen: string | null, wanted: readonly string[]): Locale {
  for (const tag of chosen === null ? wanted : [chosen, ...wanted]) {
    const parsed = Locale.safeParse(tag.toLowerCase().split('-')[0])
    if (parsed.success) return parsed.data
  }
  return 'en'
}

// Storage throws where a browser forbids it; the choice then holds until the app is closed.
function readChosen(): string | null {
  try {
    return localStorage.getItem(place)
  } catch {
    return null
  }
}

function keepChosen(locale: Locale): void {
  try {
    localStorage.setItem(place, locale)
  } catch {
    return
  }
}

interface Language {
  readonly locale: Locale
  readonly words: Words
  choose(locale: Locale): void
}

const LanguageContext = createContext<Language>({ locale: 'en', words: words.en, choose: () => {} })

export const useLanguage = (): Language => useContext(LanguageContext)
export const useWords = (): Words => useContext(LanguageContext).words

export function LanguageProvider({ children }: { children: ComponentChildren }) {
  const [locale, setLocale] = useState(() => pickLanguage(readChosen(), navigator.languages))
  useEffect(() => {
    document.documentElement.lang = locale
  }, [locale])
  const language = useMemo(
    () => ({
      locale,
      words: words[locale],
      choose(chosen: Locale) {
        keepChosen(chosen)
        setLocale(chosen)
      },
    }),
    [locale],
  )
  return <LanguageContext.Provider value={language}>{children}</LanguageContext.Provider>
}
