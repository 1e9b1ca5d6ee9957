/** Account numbers: IBAN (ISO 13616) with check digits by ISO/IEC 7064 MOD 97-10. Kept without spaces, in upper case. */

/** How Strand is named in Swedish account numbers. No bank has these digits. */
const strandBank = '999'

const form = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/
const swedish = /^SE\d{22}$/

/** The number that letters and digits stand for (A is 10, Z is 35), modulo 97. */
function remainderOf(text: string): number {
  let rest = 0
  for (const character of text) {
    const value = Number.parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest
}

const checkDigitsOf = (country: string, basic: string): string =>
  String(98 - remainderOf(`${basic}${country}00`)).padStart(2, '0')

/** The account number of Strand's account number `serial`: an integer of at most 16 digits. */
export function strandNumber(serial: number): string {
  const basic = `${strandBank}${String(serial).padStart(17, '0')}`
  return `SE${checkDigitsOf('SE', basic)}${basic}`
}

/** Whether an account number is one of Strand's own. */
export const isOfStrand = (number: string): boolean => swedish.test(number) && number.slice(4, 7) === strandBank

export type AccountNumberFault = 'missing' | 'malformed' | 'check-digits'

/** Reads what a person typed, in groups or not. */
export function readAccountNumber(
  typed: string,
): { readonly kind: 'number'; readonly number: string } | { readonly kind: AccountNumberFault } {
  const number = typed.replaceAll(/\s/g, '').toUpperCase()
  if (number === '') return { kind: 'missing' }
  if (!form.test(number) || (number.startsWith('SE') && !swedish.test(number))) return { kind: 'malformed' }
  const isRight = number.slice(2, 4) === checkDigitsOf(number.slice(0, 2), number.slice(4))
  return isRight ? { kind: 'number', number } : { kind: 'check-digits' }
}

/** In groups of four, as people read it. */
export const formatAccountNumber = (number: string): string => number.replaceAll(/(.{4})(?!$)/g, '$1 ')
