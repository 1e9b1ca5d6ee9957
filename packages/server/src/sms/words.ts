/** The words of the demo inbox. */
import type { Locale } from '@countersign/protocol'

const en = {
  title: 'SMS inbox of the demo',
  lead: 'Every SMS of this demo arrives here instead of on a phone.',
  empty: 'No SMS yet. Link a phone, and its code will show up here by itself.',
  to: 'To',
  lost: 'No connection to the server. This page goes on by itself when it is back.',
  otherLanguage: 'Svenska',
}
type Words = typeof en

const sv: Words = {
  title: 'Sms-inkorg för demonstrationen',
  lead: 'Alla sms i demonstrationen kommer hit i stället för till en telefon.',
  empty: 'Inga sms än. Koppla en telefon, så visas koden här av sig själv.',
  to: 'Till',
  lost: 'Ingen kontakt med servern. Sidan fortsätter av sig själv när den är tillbaka.',
  otherLanguage: 'English',
}

export const words: Readonly<Record<Locale, Words>> = { en, sv }
