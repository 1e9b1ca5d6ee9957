/** PURE: medians and how far the runs are apart. */

/** The middle value; of an even number of them the upper one of the two in the middle. NaN of none. */
export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** The value below which that share of the values lies: 0.5 is the median, 0.99 what one in a hundred exceeds. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Three significant digits, as text. */
export const shortNumber = (value: number): string =>
  Number.isFinite(value) ? Number(value.toPrecision(3)).toLocaleString('en-GB', { maximumFractionDigits: 3 }) : '–'

/** The median of several runs, and the lowest and the highest: `812 (790–840)`. */
export const withSpread = (values: readonly number[]): string =>
  values.length < 2
    ? shortNumber(median(values))
    : `${shortNumber(median(values))} (${shortNumber(Math.min(...values))}–${shortNumber(Math.max(...values))})`
