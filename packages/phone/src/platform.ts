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
