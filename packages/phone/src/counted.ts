/** Counted things, as people say them. */
import type { Locale } from '@countersign/protocol'

/** `1 try`, `2 tries` */
export const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

type Forms = readonly [one: string, many: string]

const units: Readonly<Record<Locale, { readonly minute: Forms; readonly second: Forms }>> = {
  en: { minute: ['minute', 'minutes'], second: ['second', 'seconds'] },
  sv: { minute: ['minut', 'minuter'], second: ['sekund', 'sekunder'] },
}

/** `1 minute 29 seconds`: what stands as `1:29` in a ring, in the same parts. */
export function timeInWords(seconds: number, locale: Locale): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60]
  const said = [
    minutes === 0 ? null : plural(minutes, ...units[locale].minute),
    rest === 0 && minutes > 0 ? null : plural(rest, ...units[locale].second),
  ]
  return said.filter((part) => part !== null).join(' ')
}
