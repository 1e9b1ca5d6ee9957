/** What this phone is, as far as the browser tells. */
import type { Platform } from '@countersign/protocol'

/**
 * @param agent the browser's user agent
 * @param touchPoints how many fingers the screen takes: an iPad calls itself a Mac
 */
export function platformOf(agent: string, touchPoints: number): Exclude<Platform, 'virtual'> {
  if (/android/i.test(agent)) return 'android'
  if (/iphone|ipad|ipod/i.test(agent) || (/macintosh/i.test(agent) && touchPoints > 1)) return 'ios'
  return 'web'
}

/** Browsers name those that they resemble too: the first that fits is meant. */
const browsers = [
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
] as const

const systems = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'Mac'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
] as const

const firstIn = (families: typeof browsers | typeof systems, agent: string): string | null =>
  families.find(([pattern]) => pattern.test(agent))?.[1] ?? null

/**
 * What a phone is called until the person says so: "iPhone", "Chrome on Android".
 *
 * @param touchPoints how many fingers the screen takes: an iPad calls itself a Mac
 */
export function phoneNameOf(agent: string, touchPoints: number, words: { browser: string; on: string }): string {
  const named = firstIn(systems, agent)
  const system = named === 'Mac' && touchPoints > 1 ? 'iPad' : named
  if (system === 'iPhone' || system === 'iPad') return system
  const browser = firstIn(browsers, agent) ?? words.browser
  return system === null ? browser : `${browser} ${words.on} ${system}`
}
