/** The words of the SMS. */
import type { Locale } from '@countersign/protocol'

const en = {
  smsCode: (app: string) => `Code to connect a NEW PHONE to ${app}. Never tell it to anyone.`,
}
type Words = typeof en

const sv: Words = {
  smsCode: (app: string) => `Kod för att koppla en NY TELEFON till ${app}. Berätta den aldrig för någon.`,
}

const words: Readonly<Record<Locale, Words>> = { en, sv }

/**
 * The text of the SMS. Its last line is origin-bound (https://wicg.github.io/sms-one-time-codes/): a phone fills the
 * code in on that host alone.
 */
export const codeText = (locale: Locale, app: string, phoneHost: string, code: string): string =>
  `${words[locale].smsCode(app)}\n\n${code}\n\n@${phoneHost} #${code}`
