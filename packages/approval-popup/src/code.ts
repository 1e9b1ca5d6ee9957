/** PURE: the codes that a person reads on one screen and types on another. */

// Spaces of every kind, dashes of every kind, dots: what people and keyboards put between groups of figures.
const between = /[\s\p{Pd}\p{Cf}.\u00b7\u2212]/gu

/** Eight figures out of what was typed or pasted, or null when it is something else. */
export function responseIn(typed: string): string | null {
  const figures = typed.normalize('NFKC').replace(between, '')
  return /^\d{8}$/.test(figures) ? figures : null
}

/** The two halves of a code of eight, as they are shown. */
export const halvesOf = (code: string): readonly [string, string] => [code.slice(0, 4), code.slice(4)]

/** The figures one by one, for ears: a screen reader would otherwise say tens of millions. */
export const spoken = (code: string): string =>
  halvesOf(code)
    .map((half) => half.split('').join(' '))
    .join(', ')
