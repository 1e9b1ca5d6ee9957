/** PURE: what a person calls the browser that a request came from. */

// The order matters: most browsers also name those that they descend from.
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bVersion\/\d.*\bSafari\//, 'Safari'],
]

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'Mac'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

const firstIn = (families: typeof browsers, userAgent: string): string | null =>
  families.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null

/**
 * "Chrome, Windows" of a User-Agent; null when the browser is none that we know. Made of our own words alone: nothing
 * of what a stranger sends reaches the phone's screen.
 */
export function browserNameOf(userAgent: string | undefined): string | null {
  if (userAgent === undefined || userAgent.length > 1_000) return null
  const browser = firstIn(browsers, userAgent)
  const system = firstIn(systems, userAgent)
  if (browser === null) return null
  return system === null ? browser : `${browser}, ${system}`
}
