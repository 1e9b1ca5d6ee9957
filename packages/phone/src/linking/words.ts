/** What people read while they link their phone, in both languages. Loaded with the linking screens. */
import type { Locale } from '@countersign/protocol'
import { plural, timeInWords } from '../counted.ts'
import { useLanguage } from '../language.tsx'

const en = {
  next: 'Next',
  email: { title: 'Link this phone', label: 'E-mail', fault: 'Enter your e-mail address.' },
  name: {
    label: 'Name of this phone',
    hint: 'So you recognise it in your account.',
    fault: 'Give the phone a name of 1 to 40 characters.',
  },
  password: { title: 'Enter your password', label: 'Password', fault: 'Enter your password.', for: 'Logging in as' },
  checking: 'Checking…',
  offer: {
    choose: 'I have a code from a website',
    title: 'Link with a code',
    label: 'Code from the website',
    hint: 'It begins with CS3: and stands on the page where you are logged in.',
    fault: 'The code begins with CS3: and is 47 characters long. Copy all of it.',
  },
  digits: {
    title: 'Type the digits on the website',
    text: 'Type these digits on the page that showed the code.',
    waits: 'The app goes on by itself.',
    caution: 'Only on that page: never tell the digits to anyone.',
    timeLeft: (seconds: number) => `The digits are good for ${timeInWords(seconds, 'en')} more`,
    stop: 'Cancel',
  },
  code: {
    title: 'Enter the code',
    sent: (number: string) => `We sent an SMS with 6 digits to ${number}.`,
    label: 'Code from the SMS',
    fault: 'The code has 6 digits.',
    wrong: (left: number) => `Wrong code. ${plural(left, 'try', 'tries')} left.`,
    last: 'Wrong code. One try left, then you start again.',
    resend: 'Send a new code',
    resent: 'A new code is on its way. The old one does not work any more.',
    timeLeft: (seconds: number) => `The code is good for ${timeInWords(seconds, 'en')} more`,
    over: 'The code has run out. Send a new one.',
    caution: 'Never tell the code to anyone, not even to support.',
  },
  choose: {
    title: 'Choose an app passcode',
    hint: '6 digits that only you know. You enter them when you approve.',
    repeatTitle: 'Repeat the app passcode',
    repeatHint: 'To make sure that it is the one you meant.',
    next: 'Next',
    save: 'Save',
    different: 'The two were not the same. Choose again.',
    'not-six-digits': 'The passcode has 6 digits.',
    repeated: 'Too easy to guess: digits that repeat. Choose another.',
    sequence: 'Too easy to guess: digits in a row. Choose another.',
    year: 'Too easy to guess: it holds a year. Choose another.',
  },
  biometrics: {
    title: 'Use fingerprint or face?',
    text: 'Then you approve with a touch or a look, without entering the passcode. The passcode always works beside it.',
    cancelled: 'It was not confirmed. Try again, or skip it.',
    skip: 'Skip',
  },
  working: { title: 'Linking the phone…', hint: 'Keep the app open. It takes a few seconds.' },
  unfinished: {
    title: 'Linking is not finished',
    network: 'The server could not be reached. What you entered is kept. Try again when there is network.',
    busy: 'The server was busy. What you entered is kept: try again in a moment.',
    fault: 'Something went wrong in the app. What you entered is kept: try again.',
  },
  unkept: {
    title: 'The keys could not be saved',
    text: 'The browser does not save the phone’s keys. Nothing was linked. Free some space and try again.',
  },
  done: {
    title: 'Done!',
    text: (name: string) => `${name} is linked. From now on you approve here.`,
    textBiometrics: (name: string) => `${name} is linked. From now on you approve here, with fingerprint or face.`,
    missing:
      'Fingerprint or face cannot be used here: the browser or the phone lacks what locks the keys with them (“PRF”). You approve with the app passcode, which is just as good.',
    install: 'Add the app to your home screen: then it opens at once, and the phone keeps its keys safely.',
    open: 'Open the app',
  },
  stopped: {
    already_linked: {
      title: 'Another phone is linked',
      text: 'Your account already has a linked phone. Log out on that one first, or write to support if you do not have it. Nothing was changed.',
    },
    link_expired: {
      title: 'It took too long',
      text: 'The time or the tries for the code are used up. Nothing was linked. Start again.',
    },
    app_outdated: {
      title: 'Update the app',
      text: 'This version is too old for the server. Close the app and open it again with network. Nothing was linked.',
    },
    not_trusted: {
      title: 'Not the right server',
      text: 'The server did not prove that it is the one this app belongs to. Nothing was linked. Write to support.',
    },
  },
  again: 'Start again',
  faults: {
    link_failed: 'E-mail or password is wrong, or the account cannot be used.',
    rate_limited: (seconds: number | null) =>
      seconds === null
        ? 'Too many tries. Wait a while, then try again.'
        : `Too many tries. Try again in ${plural(Math.ceil(seconds / 60), 'minute', 'minutes')}.`,
    network: 'No network, or the server does not answer. Try again.',
    busy: 'The server could not do it just now. Try again in a moment.',
  },
  /** What a phone is called until the person says so. */
  thisPhone: { browser: 'Browser', on: 'on' },
}

export type LinkingWords = typeof en

const sv: LinkingWords = {
  next: 'Nästa',
  email: { title: 'Koppla telefonen', label: 'E-post', fault: 'Skriv din e-postadress.' },
  name: {
    label: 'Telefonens namn',
    hint: 'Så att du känner igen den i ditt konto.',
    fault: 'Ge telefonen ett namn på 1 till 40 tecken.',
  },
  password: { title: 'Skriv ditt lösenord', label: 'Lösenord', fault: 'Skriv ditt lösenord.', for: 'Loggar in som' },
  checking: 'Kontrollerar…',
  offer: {
    choose: 'Jag har en kod från en webbplats',
    title: 'Koppla med en kod',
    label: 'Kod från webbplatsen',
    hint: 'Den börjar med CS3: och står på sidan där du är inloggad.',
    fault: 'Koden börjar med CS3: och är 47 tecken lång. Kopiera hela.',
  },
  digits: {
    title: 'Skriv siffrorna på webbplatsen',
    text: 'Skriv de här siffrorna på sidan som visade koden.',
    waits: 'Appen fortsätter av sig själv.',
    caution: 'Bara på den sidan: säg aldrig siffrorna till någon.',
    timeLeft: (seconds) => `Siffrorna gäller i ${timeInWords(seconds, 'sv')} till`,
    stop: 'Avbryt',
  },
  code: {
    title: 'Skriv in koden',
    sent: (number) => `Vi har skickat ett sms med 6 siffror till ${number}.`,
    label: 'Kod från sms:et',
    fault: 'Koden har 6 siffror.',
    wrong: (left) => `Fel kod. ${plural(left, 'försök', 'försök')} kvar.`,
    last: 'Fel kod. Ett försök kvar, sedan får du börja om.',
    resend: 'Skicka en ny kod',
    resent: 'En ny kod är på väg. Den gamla gäller inte längre.',
    timeLeft: (seconds) => `Koden gäller i ${timeInWords(seconds, 'sv')} till`,
    over: 'Koden har gått ut. Skicka en ny.',
    caution: 'Säg aldrig koden till någon, inte ens till supporten.',
  },
  choose: {
    title: 'Välj en appkod',
    hint: '6 siffror som bara du känner till. Du anger dem när du godkänner.',
    repeatTitle: 'Upprepa appkoden',
    repeatHint: 'Så att det säkert är den du menade.',
    next: 'Nästa',
    save: 'Spara',
    different: 'De var inte likadana. Välj igen.',
    'not-six-digits': 'Appkoden har 6 siffror.',
    repeated: 'För lätt att gissa: siffror som upprepas. Välj en annan.',
    sequence: 'För lätt att gissa: siffror i följd. Välj en annan.',
    year: 'För lätt att gissa: den innehåller ett årtal. Välj en annan.',
  },
  biometrics: {
    title: 'Vill du använda fingeravtryck eller ansikte?',
    text: 'Då godkänner du med ett tryck eller en blick, utan att ange appkoden. Appkoden fungerar alltid vid sidan av.',
    cancelled: 'Det bekräftades inte. Försök igen, eller hoppa över.',
    skip: 'Hoppa över',
  },
  working: { title: 'Kopplar telefonen…', hint: 'Håll appen öppen. Det tar några sekunder.' },
  unfinished: {
    title: 'Kopplingen är inte klar',
    network: 'Servern kunde inte nås. Det du har angett finns kvar: försök igen när det finns nät.',
    busy: 'Servern var upptagen. Det du har angett finns kvar: försök igen om en stund.',
    fault: 'Något gick fel i appen. Det du har angett finns kvar: försök igen.',
  },
  unkept: {
    title: 'Nycklarna kunde inte sparas',
    text: 'Webbläsaren sparar inte telefonens nycklar. Inget kopplades. Frigör utrymme och försök igen.',
  },
  done: {
    title: 'Klart!',
    text: (name) => `${name} är kopplad. Från och med nu godkänner du här.`,
    textBiometrics: (name) => `${name} är kopplad. Från och med nu godkänner du här, med fingeravtryck eller ansikte.`,
    missing:
      'Fingeravtryck eller ansikte går inte att använda här: webbläsaren eller telefonen saknar det som låser nycklarna med dem (”PRF”). Du godkänner med appkoden, som är lika säker.',
    install: 'Lägg till appen på hemskärmen: då öppnas den direkt och telefonen håller nycklarna i säkert förvar.',
    open: 'Öppna appen',
  },
  stopped: {
    already_linked: {
      title: 'En annan telefon är kopplad',
      text: 'Ditt konto har redan en kopplad telefon. Logga ut på den först, eller skriv till supporten om du inte har den. Inget har ändrats.',
    },
    link_expired: {
      title: 'Det tog för lång tid',
      text: 'Tiden eller försöken för koden är slut. Inget kopplades. Börja om.',
    },
    app_outdated: {
      title: 'Uppdatera appen',
      text: 'Den här versionen är för gammal för servern. Stäng appen och öppna den igen med nät. Inget kopplades.',
    },
    not_trusted: {
      title: 'Inte rätt server',
      text: 'Servern visade inte att den är den som appen hör till. Inget kopplades. Skriv till supporten.',
    },
  },
  again: 'Börja om',
  faults: {
    link_failed: 'Fel e-post eller lösenord, eller så kan kontot inte användas.',
    rate_limited: (seconds) =>
      seconds === null
        ? 'För många försök. Vänta en stund och försök igen.'
        : `För många försök. Försök igen om ${plural(Math.ceil(seconds / 60), 'minut', 'minuter')}.`,
    network: 'Inget nät, eller så svarar inte servern. Försök igen.',
    busy: 'Servern kunde inte göra det just nu. Försök igen om en stund.',
  },
  thisPhone: { browser: 'Webbläsare', on: 'på' },
}

const words: Readonly<Record<Locale, LinkingWords>> = { en, sv }

export const useLinkingWords = (): LinkingWords => words[useLanguage().locale]
