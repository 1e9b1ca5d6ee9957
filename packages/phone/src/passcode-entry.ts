/** Six digits, entered one after the other. */
import { digitsOf } from './codes.ts'

export const passcodeLength = 6

export type EntryEvent =
  | { readonly type: 'digit'; readonly digit: string }
  | { readonly type: 'delete' }
  /** All of it at once, as a keyboard or an assistive tool sets it. */
  | { readonly type: 'set'; readonly text: string }

/** The next digits; what does not fit is left out. */
export function enter(entered: string, event: EntryEvent): string {
  if (event.type === 'delete') return entered.slice(0, -1)
  return digitsOf(event.type === 'set' ? event.text : entered + event.digit, passcodeLength)
}

export const isComplete = (entered: string): boolean => entered.length === passcodeLength
