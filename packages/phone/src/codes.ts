/** Codes as people type and read them. */

/** The digits of what was typed or pasted, at most `length`. */
export const digitsOf = (text: string, length: number): string => text.replace(/\D/g, '').slice(0, length)

/** Eight digits in two groups of four, as far as they are typed: `12345678` becomes `1234 5678`. */
export const grouped = (digits: string): string => digits.replace(/^(\d{4})(?=\d)/, '$1 ')

/** Where the caret goes in a grouped code when `digits` digits are to stand before it. */
export const caretAfter = (digits: number): number => (digits > 4 ? digits + 1 : digits)
