/** The SMS code of a linking. */
import type { LinkingId, Locale } from '@countersign/protocol'
import type { Context } from '../context.ts'
import { type CodePurpose, type FreshCode, makeCode } from '../sms-codes/index.ts'
import { words } from './words.ts'

/** What a code of this linking is good for. */
export const purposeOf = (linking: LinkingId): CodePurpose => ({ use: 'linking', id: linking })

/** Makes a code for a linking, to be typed in the phone app. */
export function makeLinkingCode(context: Context, linking: LinkingId, locale: Locale): FreshCode {
  const { brand, phoneUrl: url } = context.config
  return makeCode(context, purposeOf(linking), { sentence: words[locale].smsCode(brand.name), url })
}
