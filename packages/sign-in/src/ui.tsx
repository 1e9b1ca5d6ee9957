/** What every screen needs: the words, the brand, and a voice for screen readers. */
import { createContext, useContext } from 'react'
import type { Brand } from './brand.ts'
import { type Words, words } from './words.ts'

export interface Ui {
  readonly words: Words
  readonly brand: Brand
  /** Says something to a screen reader without moving the focus. */
  announce(text: string): void
}

export const UiContext = createContext<Ui>({
  words: words.en,
  brand: { name: 'Countersign', supportEmail: null },
  announce: () => undefined,
})

export const useUi = (): Ui => useContext(UiContext)
