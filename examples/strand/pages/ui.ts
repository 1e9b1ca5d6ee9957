/** What every screen needs: the language, its words, and where to write for help. */
import { createContext, useContext } from 'react'
import type { Locale } from './language.ts'
import { type Words, words } from './words.ts'

export interface Ui {
  readonly locale: Locale
  readonly words: Words
  readonly supportEmail: string
}

export const UiContext = createContext<Ui>({ locale: 'en', words: words.en, supportEmail: '' })

export const useUi = (): Ui => useContext(UiContext)
