/** What people read while they change how the phone is unlocked, in both languages. Loaded with its screens. */
import type { Locale } from '@countersign/protocol'
import { useLanguage } from '../language.tsx'

const en = {
  current: {
    title: 'Enter your app passcode',
    next: 'Next',
    hint: {
      passcode: 'The one you have now. Then you choose a new one.',
      'add-biometrics': 'Then you use fingerprint or face.',
      'remove-biometrics': 'Then you approve with the passcode alone.',
    },
  },
  choose: {
    title: 'Choose a new app passcode',
    hint: '6 digits that only you know.',
    repeatTitle: 'Repeat the new app passcode',
    repeatHint: 'To make sure that it is the one you meant.',
    next: 'Next',
    save: 'Save',
    different: 'The two were not the same. Choose again.',
    same: 'That is the passcode you have now. Choose another.',
    'not-six-digits': 'The passcode has 6 digits.',
    repeated: 'Too easy to guess: digits that repeat. Choose another.',
    sequence: 'Too easy to guess: digits in a row. Choose another.',
    year: 'Too easy to guess: it holds a year. Choose another.',
  },
  add: {
    title: 'Use fingerprint or face',
    text: 'Then you approve with a touch or a look. The passcode always works beside it.',
    cancelled: 'It was not confirmed. Try again, or stop: nothing has changed.',
    stop: 'Stop',
  },
  reopen: {
    title: 'Confirm with fingerprint or face',
    text: 'So that it goes on working beside the new passcode.',
    cancelled: 'It was not confirmed. Try again, or turn it off. If you go back, nothing changes.',
    unavailable: 'It did not work. Turn it off to change the passcode. If you go back, nothing changes.',
    without: 'Turn it off and go on',
  },
  starting: 'Checking…',
  finishing: { title: 'Changing…', hint: 'Keep the app open. It takes a few seconds.' },
  unchanged: {
    title: 'Nothing was changed',
    network: 'The server could not be reached. Try again when there is network.',
    busy: 'The server could not do it just now. Try again in a moment.',
    fault: 'Something went wrong in the app. Try again.',
    expired: 'It took too long, or another change came in between. All is as before. Try again.',
    not_trusted:
      'The server did not prove that it is the one this phone is linked to. All is as before. Write to support.',
    not_kept: 'The browser did not save the new keys. All is as before. Free some space and try again.',
    unavailable:
      'Fingerprint or face cannot be used here: the browser or the phone lacks what locks the keys with them (“PRF”). You approve with the passcode, as before.',
  },
  unknown: {
    title: 'No answer from the server',
    text: {
      network: 'We do not know whether the change arrived. Try again when there is network.',
      busy: 'The server did not finish. We do not know whether the change was made. Try again in a moment.',
      fault: 'Something went wrong in the app. We do not know whether the change was made. Try again.',
    },
    later: 'If you leave, the app finds out by itself the next time it reaches the server.',
    leave: 'Leave',
  },
  done: {
    passcode: 'The passcode is changed',
    passcodeText: 'The old one does not work any more.',
    stillOn: 'Fingerprint or face works as before.',
    offNow: 'Fingerprint or face is off now. You can turn it on again under More.',
    'add-biometrics': 'Fingerprint or face is on',
    addText: 'From now on you approve with it. The passcode always works beside it.',
    'remove-biometrics': 'Fingerprint or face is off',
    removeText: 'You approve with the passcode alone now.',
  },
}

export type RenewalWords = typeof en

const sv: RenewalWords = {
  current: {
    title: 'Ange din appkod',
    next: 'Nästa',
    hint: {
      passcode: 'Den du har nu. Sedan väljer du en ny.',
      'add-biometrics': 'Sedan använder du fingeravtryck eller ansikte.',
      'remove-biometrics': 'Sedan godkänner du bara med appkoden.',
    },
  },
  choose: {
    title: 'Välj en ny appkod',
    hint: '6 siffror som bara du känner till.',
    repeatTitle: 'Upprepa den nya appkoden',
    repeatHint: 'Så att det säkert är den du menade.',
    next: 'Nästa',
    save: 'Spara',
    different: 'De var inte likadana. Välj igen.',
    same: 'Det är den appkod du har nu. Välj en annan.',
    'not-six-digits': 'Appkoden har 6 siffror.',
    repeated: 'För lätt att gissa: siffror som upprepas. Välj en annan.',
    sequence: 'För lätt att gissa: siffror i följd. Välj en annan.',
    year: 'För lätt att gissa: den innehåller ett årtal. Välj en annan.',
  },
  add: {
    title: 'Använd fingeravtryck eller ansikte',
    text: 'Då godkänner du med ett tryck eller en blick. Appkoden fungerar alltid vid sidan av.',
    cancelled: 'Det bekräftades inte. Försök igen, eller sluta här: inget har ändrats.',
    stop: 'Sluta här',
  },
  reopen: {
    title: 'Bekräfta med fingeravtryck eller ansikte',
    text: 'Så att det fungerar med den nya appkoden också.',
    cancelled: 'Det bekräftades inte. Försök igen, eller stäng av det. Går du tillbaka ändras inget.',
    unavailable: 'Det fungerade inte. Stäng av det för att byta appkod. Går du tillbaka ändras inget.',
    without: 'Stäng av det och fortsätt',
  },
  starting: 'Kontrollerar…',
  finishing: { title: 'Ändrar…', hint: 'Håll appen öppen. Det tar några sekunder.' },
  unchanged: {
    title: 'Inget har ändrats',
    network: 'Servern kunde inte nås. Försök igen när det finns nät.',
    busy: 'Servern kunde inte göra det just nu. Försök igen om en stund.',
    fault: 'Något gick fel i appen. Försök igen.',
    expired: 'Det tog för lång tid, eller så kom en annan ändring emellan. Allt är som förut. Försök igen.',
    not_trusted:
      'Servern visade inte att den är den som telefonen är kopplad till. Allt är som förut. Skriv till supporten.',
    not_kept: 'Webbläsaren sparade inte de nya nycklarna. Allt är som förut. Frigör utrymme och försök igen.',
    unavailable:
      'Fingeravtryck eller ansikte går inte att använda här: webbläsaren eller telefonen saknar det som låser nycklarna med dem (”PRF”). Du godkänner med appkoden, som förut.',
  },
  unknown: {
    title: 'Inget svar från servern',
    text: {
      network: 'Vi vet inte om ändringen kom fram. Försök igen när det finns nät.',
      busy: 'Servern blev inte klar. Vi vet inte om ändringen gjordes. Försök igen om en stund.',
      fault: 'Något gick fel i appen. Vi vet inte om ändringen gjordes. Försök igen.',
    },
    later: 'Lämnar du nu tar appen reda på det själv nästa gång den når servern.',
    leave: 'Lämna',
  },
  done: {
    passcode: 'Appkoden är bytt',
    passcodeText: 'Den gamla fungerar inte längre.',
    stillOn: 'Fingeravtryck eller ansikte fungerar som förut.',
    offNow: 'Fingeravtryck eller ansikte är avstängt nu. Du kan slå på det igen under Annat.',
    'add-biometrics': 'Fingeravtryck eller ansikte är på',
    addText: 'Från och med nu godkänner du så. Appkoden fungerar alltid vid sidan av.',
    'remove-biometrics': 'Fingeravtryck eller ansikte är avstängt',
    removeText: 'Nu godkänner du bara med appkoden.',
  },
}

const words: Readonly<Record<Locale, RenewalWords>> = { en, sv }

export const useRenewalWords = (): RenewalWords => words[useLanguage().locale]
