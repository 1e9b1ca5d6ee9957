/** The words of the SMS. */
import type { Locale } from '@countersign/protocol'

const en = {
  smsCode: (app: string) => `Code to connect a NEW PHONE to ${app}. Never tell it to anyone.`,
}
type Words = typeof en

const sv: Words = {
  smsCode: (app: string) => `Kod för att koppla en NY TELEFON till ${app}. Berätta den aldrig för någon.`,
}

export const words: Readonly<Record<Locale, Words>> = { en, sv }
