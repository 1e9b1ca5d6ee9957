/** What people read about notifications, in both languages. Loaded with its screens. */
import type { Locale } from '@countersign/protocol'
import { useLanguage } from '../language.tsx'
import type { PushState } from './push-switch.ts'

const en = {
  title: 'Notifications',
  push: 'Notifications',
  settings: 'Settings',
  enable: 'Turn on push notifications',
  checking: 'Checking…',
  state: {
    on: 'On',
    off: 'Off',
    blocked: 'Blocked',
    unsupported: 'Not available',
    unavailable: 'Not working',
    unreached: 'Unknown',
  } satisfies Record<PushState, string>,
  meaning: {
    on: 'This phone tells you when something waits for your answer, also when the app is closed.',
    off: 'This phone does not tell you when something waits. Open the app to see it, or turn notifications on under Settings.',
    blocked:
      'The browser or the phone does not let this app notify you. Allow notifications for it in the settings of the browser or the phone, then come back here.',
    unsupported:
      'This browser has no notifications. On an iPhone, add the app to the home screen and open it from there. Until then, open the app when a page asks you to.',
    unavailable:
      'The browser could not reach its push service, so notifications are not on. The app tries again when it is opened; another network may help. Until then, open the app when a page asks you to, or use a code.',
    unreached: 'The server could not be reached, so nothing is known. Try again when there is network.',
  } satisfies Record<PushState, string>,
  inPrivate:
    'Is this a private window? Notifications never work there. Log out, and link the phone in an ordinary window.',
  neutral: 'A notification never says what is asked, how much or by whom. You see that in the app.',
  offer: {
    title: 'Turn on notifications?',
    text: 'Turn on notifications, and the phone tells you when something waits for your answer. They never say what it is about.',
    later: 'Not now',
    working: 'Turning on…',
    notOn: 'Notifications are not on',
    linkedAllTheSame: 'The phone is linked all the same.',
    goOn: 'Go on',
  },
}

type PushWords = typeof en

const sv: PushWords = {
  title: 'Notifieringar',
  push: 'Notiser',
  settings: 'Inställningar',
  enable: 'Aktivera pushnotiser',
  checking: 'Kontrollerar…',
  state: {
    on: 'På',
    off: 'Av',
    blocked: 'Blockerade',
    unsupported: 'Finns inte här',
    unavailable: 'Fungerar inte',
    unreached: 'Okänt',
  },
  meaning: {
    on: 'Telefonen säger till när något väntar på ditt svar, även när appen är stängd.',
    off: 'Telefonen säger inte till när något väntar. Öppna appen för att se det, eller slå på notiser under Inställningar.',
    blocked:
      'Webbläsaren eller telefonen låter inte appen visa notiser. Tillåt notiser för den i webbläsarens eller telefonens inställningar och kom sedan tillbaka hit.',
    unsupported:
      'Den här webbläsaren har inga notiser. På en iPhone: lägg till appen på hemskärmen och öppna den därifrån. Tills dess öppnar du appen när en sida ber om det.',
    unavailable:
      'Webbläsaren nådde inte sin pushtjänst, så notiser är inte på. Appen försöker igen när den öppnas; ett annat nät kan hjälpa. Tills dess öppnar du appen när en sida ber om det, eller använder en kod.',
    unreached: 'Servern gick inte att nå, så det går inte att säga. Försök igen när det finns nät.',
  },
  inPrivate:
    'Är det här ett privat fönster? Där fungerar notiser aldrig. Logga ut och koppla telefonen i ett vanligt fönster.',
  neutral: 'En notis säger aldrig vad det gäller, hur mycket eller av vem. Det ser du i appen.',
  offer: {
    title: 'Får telefonen säga till?',
    text: 'Slå på notiser så säger telefonen till när något väntar på ditt svar. De säger aldrig vad det gäller.',
    later: 'Inte nu',
    working: 'Aktiverar…',
    notOn: 'Notiserna är inte på',
    linkedAllTheSame: 'Telefonen är kopplad ändå.',
    goOn: 'Fortsätt',
  },
}

const words: Readonly<Record<Locale, PushWords>> = { en, sv }

export const usePushWords = (): PushWords => words[useLanguage().locale]
