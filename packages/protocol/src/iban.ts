/** International bank account numbers (ISO 13616), without spaces and in upper case. */

const form = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/

/** The number that letters and digits stand for (A = 10 … Z = 35), modulo 97 (ISO/IEC 7064, MOD 97-10). */
function remainder(text: string): number {
  let rest = 0
  for (const character of text) {
    const value = Number.parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest
}

/** The account number with its check digits. @param country two letters @param basic the national account number */
export function ibanOf(country: string, basic: string): string {
  const check = 98 - remainder(`${basic}${country}00`)
  return `${country}${String(check).padStart(2, '0')}${basic}`
}

/** Whether this is an account number, and its check digits the only ones that are right. */
export const isIban = (text: string): boolean => form.test(text) && ibanOf(text.slice(0, 2), text.slice(4)) === text
