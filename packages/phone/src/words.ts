/** What people read in the app, in both languages. Screens that are loaded on demand have words of their own. */
import type { Locale } from '@countersign/protocol'
import { plural, timeInWords } from './counted.ts'
import { settingsWords } from './settings-words.ts'

const en = {
  back: 'Back',
  cancel: 'Cancel',
  retry: 'Try again',
  done: 'Done',
  language: 'Language',
  languages: { sv: 'Svenska', en: 'English' },
  support: 'Support',
  supportLine: 'Stuck? Write to',

  field: { show: 'Show', hide: 'Hide', thePassword: 'the password' },

  authenticate: 'Authenticate',
  authenticateByBiometrics: 'Authentication',
  more: 'More',

  home: {
    checking: 'Looking for requests…',
    none: 'No requests waiting',
    noneHint: 'When you log in or pay, the request shows up here by itself.',
    waiting: (count: number) => `${plural(count, 'request', 'requests')} waiting`,
    waitingHint: 'Open the one that you started yourself.',
    asked: (time: string) => `Asked at ${time}`,
    offline: 'No network',
    offlineHint: 'Requests cannot be fetched right now. You can still approve with the code that the web page shows.',
    authenticateHint: 'With a code from the web page. Works without network.',
    refused: 'A request was not shown',
    refusedHint:
      'It was not signed by your server, or it is of a kind that this app does not know. Nothing was approved.',
  },

  request: {
    approve: 'Approve',
    decline: 'Decline',
    from: 'Request from',
    caution: 'Approve only what you started yourself.',
    readAll: 'Scroll down and read all of it first.',
    unreached: 'No network: an answer cannot be sent now. Approve with the code on the web page instead.',
    changed: 'The request was changed. Read it again.',
    others: (count: number) => `${plural(count, 'more request is', 'more requests are')} waiting`,
    timeLeft: (seconds: number) => `${timeInWords(seconds, 'en')} left to answer`,
    announce: (application: string, headline: string) => `Request from ${application}: ${headline}`,
  },

  number: {
    title: 'Which number is on the web page?',
    hint: 'You have one try: a wrong number ends the request.',
    choices: 'Numbers',
    none: 'None of these',
  },

  reason: {
    title: 'Decline the request?',
    hint: 'Choose a reason, or decline without one.',
    'not-me': 'It was not me',
    'wrong-details': 'Wrong details',
    'changed-mind': 'I changed my mind',
    none: 'Decline without a reason',
  },

  passcode: {
    label: 'App passcode',
    approve: 'Enter your app passcode to approve',
    entered: (count: number) => `${count} of 6 digits entered`,
    delete: 'Delete the last digit',
    keypad: 'Digits',
    wrong: (left: number) => `Wrong passcode. ${plural(left, 'try', 'tries')} left.`,
    last: 'One try left. If it is wrong, this phone is blocked.',
    wrongLast: 'Wrong passcode. One try left. If it is wrong, this phone is blocked.',
  },

  biometrics: {
    use: 'Use fingerprint or face',
    usePasscode: 'Use the app passcode instead',
    title: 'Confirm with fingerprint or face',
    hint: 'The phone asks you now.',
    cancelled: 'It was not confirmed. Enter the passcode, or try again.',
    unavailable: 'Fingerprint or face did not work. Enter the passcode.',
  },

  sending: {
    approve: 'Approving…',
    decline: 'Declining…',
    hint: 'Keep the app open.',
  },

  unsent: {
    title: 'No answer from the server',
    network: 'We do not know whether your answer arrived. Your choice is kept: send it again when the network is back.',
    busy: 'The server could not take your answer. Your choice is kept: send it again in a moment.',
    fault: 'Something went wrong in the app, and nothing was sent. Your choice is kept: try again.',
    approve: 'Your choice: Approve',
    decline: 'Your choice: Decline',
  },

  result: {
    next: 'Show it',
    approved: 'Approved',
    approvedHint: 'The web page goes on by itself.',
    declined: 'Declined',
    declinedHint: 'Nothing was approved.',
    notMe: 'Someone may know your password. Write to support, who help you to a new one.',
    wrongDetails: 'Check the details on the web page and start again.',
    wrongNumber: 'Not the number on the page',
    wrongNumberHint:
      'Nothing was approved. If you started this yourself, start again on the web page. If not, someone may know your password: write to support, who help you to a new one.',
    expired: 'Time ran out',
    expiredHint: 'Nothing was approved. Start again on the web page.',
    gone: 'The request is over',
    goneHint: 'It was cancelled or answered in another way. Nothing was approved from this phone now.',
    conflict: 'Already answered',
    conflictHint: 'This request has another answer already. The first one counts.',
    replaced: 'The request was replaced',
    replacedHint: 'A newer one has taken its place. Nothing was approved.',
  },

  offline: {
    codeTitle: 'Enter the code from the web page',
    codeLabel: 'Code from the web page',
    codeHint: "Choose “I didn't get a push notification” on the web page to see it. It has 8 digits.",
    codeShort: 'The code has 8 digits.',
    codeWrong: 'A code never begins with 0. Check it on the web page.',
    caution: 'Only use a code from a page that you opened yourself. Never read the answer to anybody.',
    next: 'Next',
    passcodeTitle: 'Enter your app passcode',
    compare:
      'Without network the app cannot show what you approve: read amount and payee on the page. Compare the code with it, too.',
    passcodeHint: 'If either code is wrong, so is the answer. Only the web page can tell.',
    generate: 'Generate',
    working: 'Making your code…',
    responseTitle: 'Your response code',
    responseHint: 'Type it on the web page.',
    timeLeft: (seconds: number) => `${timeInWords(seconds, 'en')} left at most`,
    longest: 'It is good for this long at most. The web page may change its code sooner.',
    over: 'The code has run out',
    overHint: 'The web page shows a new code by now. Enter that one.',
    again: 'New code',
    failed: 'The code could not be made. Try again.',
    spoken: (code: string) => `Your response code is ${Array.from(code).join(' ')}`,
  },

  settings: settingsWords.en,

  stopped: {
    removedTitle: 'The server does not know this phone',
    removed: (email: string) =>
      `It was removed from the account ${email}, or the account is locked. It can approve nothing, and its codes do not work.`,
    removedDo:
      'Did you not remove it yourself? Write to support. If the account is not locked, you can link the phone again.',
    linkAgain: 'Link again',
    checkAgain: 'Check again',
    outdatedTitle: 'Update the app',
    outdated: (version: string) =>
      `This version (${version}) is too old for the server. Nothing can be approved until you update.`,
    update: 'Update now',
    updateMissing: 'No newer version was found. Close the app, open it again with network, or write to support.',
    blockedTitle: 'This phone is blocked',
    blocked:
      'The app passcode was wrong too many times. Nothing was approved. To use this phone again, log out and link it anew, with password and SMS code. Support never asks for your passcode.',
    logOut: 'Log out and link anew',
    refusedTitle: 'The server does not accept this phone',
    refused:
      'It could not verify this phone’s signature. Nothing was approved and nothing was removed. Check again, or write to support.',
  },

  storage: {
    title: 'The phone’s storage does not answer',
    what: 'The app cannot read its keys right now. Your phone may well be linked still: nothing was removed, and nothing was linked anew.',
    dos: [
      'Close other windows of the app and try again.',
      'Leave private browsing: it keeps no keys.',
      'Free some space on the phone, and restart it.',
    ],
    lostTitle: 'The keys on this phone are gone',
    lost: 'This phone was linked, but the browser has deleted its keys. The server still counts it as yours. Write to support if you cannot link it again.',
  },

  welcome: {
    title: 'Approve on your phone',
    text: 'Logins and payments are shown here before they happen. You approve or decline, with your app passcode.',
    start: 'Link this phone',
    loggedOut: 'The phone is logged out and removed from your account.',
    unfinished: 'Linking was left before it was finished. Nothing was linked: start again.',
    loading: 'Loading…',
    loadFailed: 'This part of the app could not be loaded. Check the network and try again.',
  },

  update: { ready: 'A new version is ready', apply: 'Update' },
}

export type Words = typeof en

const sv: Words = {
  back: 'Tillbaka',
  cancel: 'Avbryt',
  retry: 'Försök igen',
  done: 'Klar',
  language: 'Språk',
  languages: { sv: 'Svenska', en: 'English' },
  support: 'Support',
  supportLine: 'Kommer du inte vidare? Skriv till',

  field: { show: 'Visa', hide: 'Dölj', thePassword: 'lösenordet' },

  authenticate: 'Autentisera',
  authenticateByBiometrics: 'Autentisering',
  more: 'Annat',

  home: {
    checking: 'Letar efter förfrågningar…',
    none: 'Inget väntar på dig',
    noneHint: 'När du loggar in eller betalar visas förfrågan här av sig själv.',
    waiting: (count) => `${plural(count, 'förfrågan', 'förfrågningar')} väntar`,
    waitingHint: 'Öppna den som du själv har startat.',
    asked: (time) => `Begärd ${time}`,
    offline: 'Inget nät',
    offlineHint: 'Förfrågningar kan inte hämtas just nu. Du kan ändå godkänna med koden som webbsidan visar.',
    authenticateHint: 'Med en kod från webbsidan. Fungerar utan nät.',
    refused: 'En förfrågan visades inte',
    refusedHint:
      'Den var inte signerad av din server, eller så är den av ett slag som appen inte känner till. Inget godkändes.',
  },

  request: {
    approve: 'Godkänn',
    decline: 'Avböj',
    from: 'Förfrågan från',
    caution: 'Godkänn bara det som du själv har startat.',
    readAll: 'Bläddra ner och läs allt först.',
    unreached: 'Inget nät: ett svar kan inte skickas nu. Godkänn med koden på webbsidan i stället.',
    changed: 'Förfrågan har ändrats. Läs den igen.',
    others: (count) => `${plural(count, 'förfrågan till', 'förfrågningar till')} väntar`,
    timeLeft: (seconds) => `${timeInWords(seconds, 'sv')} kvar att svara`,
    announce: (application, headline) => `Förfrågan från ${application}: ${headline}`,
  },

  number: {
    title: 'Vilket nummer står på webbsidan?',
    hint: 'Du har ett försök: fel nummer avslutar förfrågan.',
    choices: 'Nummer',
    none: 'Inget av dem',
  },

  reason: {
    title: 'Avböja förfrågan?',
    hint: 'Välj ett skäl, eller avböj utan.',
    'not-me': 'Det var inte jag',
    'wrong-details': 'Fel uppgifter',
    'changed-mind': 'Jag ångrade mig',
    none: 'Avböj utan skäl',
  },

  passcode: {
    label: 'Appkod',
    approve: 'Ange din appkod för att godkänna',
    entered: (count) => `${count} av 6 siffror angivna`,
    delete: 'Ta bort sista siffran',
    keypad: 'Siffror',
    wrong: (left) => `Fel appkod. ${plural(left, 'försök', 'försök')} kvar.`,
    last: 'Ett försök kvar. Blir det fel spärras telefonen.',
    wrongLast: 'Fel appkod. Ett försök kvar. Blir det fel spärras telefonen.',
  },

  biometrics: {
    use: 'Använd fingeravtryck eller ansikte',
    usePasscode: 'Använd appkoden i stället',
    title: 'Bekräfta med fingeravtryck eller ansikte',
    hint: 'Telefonen frågar dig nu.',
    cancelled: 'Det bekräftades inte. Ange appkoden, eller försök igen.',
    unavailable: 'Fingeravtryck eller ansikte fungerade inte. Ange appkoden.',
  },

  sending: {
    approve: 'Godkänner…',
    decline: 'Avböjer…',
    hint: 'Håll appen öppen.',
  },

  unsent: {
    title: 'Inget svar från servern',
    network: 'Vi vet inte om ditt svar kom fram. Ditt val finns kvar: skicka det igen när nätet är tillbaka.',
    busy: 'Servern kunde inte ta emot ditt svar. Ditt val finns kvar: skicka det igen om en stund.',
    fault: 'Något gick fel i appen och inget skickades. Ditt val finns kvar: försök igen.',
    approve: 'Ditt val: Godkänn',
    decline: 'Ditt val: Avböj',
  },

  result: {
    next: 'Visa',
    approved: 'Godkänt',
    approvedHint: 'Webbsidan går vidare av sig själv.',
    declined: 'Avböjt',
    declinedHint: 'Inget godkändes.',
    notMe: 'Någon kan ha ditt lösenord. Skriv till supporten, som hjälper dig till ett nytt.',
    wrongDetails: 'Kontrollera uppgifterna på webbsidan och börja om där.',
    wrongNumber: 'Fel nummer',
    wrongNumberHint:
      'Inget godkändes. Startade du själv? Börja om på webbsidan. Annars kan någon ha ditt lösenord: skriv till supporten, som hjälper dig till ett nytt.',
    expired: 'Tiden gick ut',
    expiredHint: 'Inget godkändes. Börja om på webbsidan.',
    gone: 'Förfrågan gäller inte längre',
    goneHint: 'Den avbröts eller besvarades på annat sätt. Inget godkändes från den här telefonen nu.',
    conflict: 'Redan besvarad',
    conflictHint: 'Förfrågan har redan ett annat svar. Det första gäller.',
    replaced: 'Förfrågan har ersatts',
    replacedHint: 'En nyare har tagit dess plats. Inget godkändes.',
  },

  offline: {
    codeTitle: 'Skriv in koden från webbsidan',
    codeLabel: 'Kod från webbsidan',
    codeHint: 'Välj ”Jag fick ingen pushnotis” på webbsidan så visas den. Den har 8 siffror.',
    codeShort: 'Koden har 8 siffror.',
    codeWrong: 'En kod börjar aldrig med 0. Kontrollera den på webbsidan.',
    caution: 'Använd bara koden från en sida som du själv har öppnat. Läs aldrig upp svaret för någon.',
    next: 'Nästa',
    passcodeTitle: 'Ange din appkod',
    compare:
      'Utan nät kan appen inte visa vad du godkänner: läs belopp och mottagare på sidan. Jämför koden med den också.',
    passcodeHint: 'Är någon av koderna fel blir svaret fel. Det märks först på webbsidan.',
    generate: 'Generera',
    working: 'Tar fram din kod…',
    responseTitle: 'Din svarskod',
    responseHint: 'Skriv in den på webbsidan.',
    timeLeft: (seconds) => `Högst ${timeInWords(seconds, 'sv')} kvar`,
    longest: 'Så länge gäller den som mest. Webbsidan kan byta kod tidigare.',
    over: 'Koden har gått ut',
    overHint: 'Webbsidan visar en ny kod nu. Skriv in den.',
    again: 'Ny kod',
    failed: 'Koden kunde inte tas fram. Försök igen.',
    spoken: (code) => `Din svarskod är ${Array.from(code).join(' ')}`,
  },

  settings: settingsWords.sv,

  stopped: {
    removedTitle: 'Servern känner inte igen telefonen',
    removed: (email) =>
      `Den har tagits bort från kontot ${email}, eller så är kontot spärrat. Den kan inte godkänna något och dess koder fungerar inte.`,
    removedDo: 'Tog du inte bort den själv? Skriv till supporten. Är kontot inte spärrat kan du koppla telefonen igen.',
    linkAgain: 'Koppla igen',
    checkAgain: 'Kontrollera igen',
    outdatedTitle: 'Uppdatera appen',
    outdated: (version) =>
      `Den här versionen (${version}) är för gammal för servern. Inget kan godkännas förrän du har uppdaterat.`,
    update: 'Uppdatera nu',
    updateMissing: 'Ingen nyare version hittades. Stäng appen, öppna den igen med nät, eller skriv till supporten.',
    blockedTitle: 'Telefonen är spärrad',
    blocked:
      'Appkoden blev fel för många gånger. Inget godkändes. För att använda telefonen igen loggar du ut och kopplar den på nytt, med lösenord och sms-kod. Supporten frågar aldrig efter din appkod.',
    logOut: 'Logga ut och koppla på nytt',
    refusedTitle: 'Servern godtar inte telefonen',
    refused:
      'Den kunde inte kontrollera telefonens signatur. Inget godkändes och inget togs bort. Kontrollera igen eller skriv till supporten.',
  },

  storage: {
    title: 'Telefonens lagring svarar inte',
    what: 'Appen kan inte läsa sina nycklar just nu. Telefonen kan mycket väl vara kopplad ändå: inget har tagits bort och inget har kopplats på nytt.',
    dos: [
      'Stäng andra fönster med appen och försök igen.',
      'Lämna privat surfning: där sparas inga nycklar.',
      'Frigör utrymme på telefonen och starta om den.',
    ],
    lostTitle: 'Nycklarna på telefonen är borta',
    lost: 'Telefonen var kopplad, men webbläsaren har raderat nycklarna. Servern räknar den fortfarande som din. Skriv till supporten om du inte får koppla den igen.',
  },

  welcome: {
    title: 'Godkänn i telefonen',
    text: 'Inloggningar och betalningar visas här innan de sker. Du godkänner eller avböjer, med din appkod.',
    start: 'Koppla telefonen',
    loggedOut: 'Telefonen är utloggad och borttagen från ditt konto.',
    unfinished: 'Kopplingen blev aldrig klar. Inget kopplades: börja om.',
    loading: 'Laddar…',
    loadFailed: 'Den här delen av appen kunde inte laddas. Kontrollera nätet och försök igen.',
  },

  update: { ready: 'En ny version är klar', apply: 'Uppdatera' },
}

export const words: Readonly<Record<Locale, Words>> = { en, sv }
