/** Everything that a person reads on these pages, in English and Swedish. */
import type { DeclineReason, Locale } from '@countersign/protocol'

const en = {
  language: 'Language',
  loading: 'One moment …',
  help: 'Do you need help?',
  next: 'Next',
  back: 'Back',
  cancel: 'Cancel',
  tryAgain: 'Try again',
  backTo: (application: string) => `Back to ${application}`,
  reconnecting: 'Connecting again …',
  nothingLost: 'Nothing is lost. This page continues as soon as it reaches the server.',
  reconnected: 'Connected again.',

  signIn: 'Log in',
  toContinue: (application: string) => `to continue to ${application}`,
  email: 'E-mail',
  emailMissing: 'Type your e-mail address, such as anna@example.com.',
  password: 'Password',
  passwordMissing: 'Type your password.',
  showPassword: 'Show password',

  openOn: (brand: string, device: string) => `Open ${brand} on ${device}`,
  approveOn: (device: string) => `Approve on ${device}`,
  push: {
    sending: (device: string) => `Sending a push notification to ${device} …`,
    sent: (device: string) => `A push notification was sent to ${device}.`,
    received: (device: string) => `${device} has received the push notification.`,
    'in-app': (device: string) => `The request is on ${device} now.`,
    withheld: (device: string) =>
      `Several requests went unanswered, so no push notification is sent now. Open the app on ${device}.`,
  },
  pushFailed: (device: string) =>
    `We cannot reach ${device} with a push notification. Open the app on the phone, or log in with a code.`,
  pushAgain: 'Send the push notification again',
  whatToDo: (application: string, browser: string | null) =>
    `Check that the request in the app says ${browser === null ? application : `${application} and “${browser}”`}, then approve it.`,
  pickNumber: 'Pick this number in the app',
  goesOn: 'This page continues by itself.',
  noPush: "I didn't get a push notification",
  secondsLeft: (seconds: number) => (seconds === 1 ? '1 second left' : `${seconds} seconds left`),

  offline: 'Log in with a code',
  offlineLead: 'Your phone needs no network.',
  stepOpen: (brand: string, device: string) =>
    `Open ${brand} on ${device} and tap “Authenticate” (or “Authentication”).`,
  stepType: 'Type this code in the app and tap “Generate”. The app asks for passcode, fingerprint or face.',
  stepRespond: 'Type the response code that the app shows.',
  codeSpoken: (code: string) => `The code is ${code}`,
  newCode: (code: string) => `A new code is shown: ${code}`,
  newCodeSoon: 'A new code is coming …',
  codeRenews: 'When the time is up, a new code appears.',
  codeEndsSoon: 'This code is about to change. If you have not begun, wait for the next one.',
  codeIsNew: 'This code is new. A response code to the one before is taken for 10 seconds more.',
  codeBeforeIsOver: 'This code is new. Response codes to the one before are no longer taken.',
  response: 'Response code',
  responseMalformed: 'The response code has 8 digits.',
  confirm: 'Confirm',
  triesLeft: (tries: number) => (tries === 1 ? '1 try left' : `${tries} tries left`),
  stillOnline: (number: string | null) =>
    `Is your phone online again? Then you can approve in the app as usual${number === null ? '' : `, with the number ${number}`}.`,

  approved: 'Approved',
  approvedText: (application: string) => `You are being logged in to ${application} …`,
  declined: {
    unsaid: 'You declined the login',
    'not-me': 'You said that it was not you',
    'wrong-details': 'You said that the details were wrong',
    'changed-mind': 'You changed your mind',
  } satisfies Record<DeclineReason | 'unsaid', string>,
  declinedText: 'Nobody was logged in.',
  notMeText: (email: string) =>
    `Nobody was logged in. Somebody else may know your password: change it, and write to ${email} if you want help.`,
  expired: 'The time ran out',
  expiredText: 'The login was not approved in time. Nobody was logged in.',
  wrongNumber: 'Another number was picked',
  wrongNumberText: (email: string) =>
    `The number picked on the phone was not the one on this page, so nobody was logged in. Was it you? Then try again. If not, somebody else may know your password: change it, and write to ${email} if you want help.`,
  codesSpent: 'Too many wrong codes',
  codesSpentText:
    'The login was ended and nobody was logged in. If the codes were typed right, the phone’s clock may be wrong: let the phone set its time by itself, then try again.',
  cancelled: 'The login was cancelled',
  cancelledText: 'Nobody was logged in.',
  smsCode: 'Type the code from the SMS',
  smsCodeLead: (number: string) =>
    `No phone is linked to your account yet, so we have sent an SMS with 6 digits to ${number}.`,
  smsLabel: 'Code from the SMS',
  smsMalformed: 'The code has 6 digits.',
  smsRefused: 'That was not the code, so you are not logged in yet. Check the latest SMS for this login and try again.',
  smsResend: 'Send a new code',
  smsResent: 'A new code is on its way. The old one does not work any more.',
  smsOver: 'The code has run out. Send a new one.',
  smsCaution: 'Never tell the code to anyone, not even to support.',
  smsSpentText:
    'The login was ended and nobody was logged in. Wait an hour and try again: then you get a new code by SMS.',
  linkPhone: 'No phone is linked',
  linkPhoneLead: 'The code was right. Link your phone now, and next time you approve there. It takes a minute:',
  linkPhoneScan: 'Point the phone’s camera at the code, or open this address on it:',
  linkPhoneOpen: 'Open this address on your phone:',
  linkPhoneQr: 'QR code with the address of the app',
  linkPhoneSignIn: 'Log in there with the same e-mail and password. You get another code by SMS.',
  linkPhoneSteps: 'Follow the steps until the app says that it is done.',
  linkPhoneWaits: 'This page notices by itself when the phone is linked.',
  continueTo: (application: string) => `Continue to ${application}`,
  phoneLinked: 'Your phone is linked',
  phoneLinkedText: (device: string) => `Next time you log in, you approve on ${device}.`,
  blocked: 'The phone is blocked',
  blockedText: (device: string | null) =>
    `The app passcode was wrong too many times${device === null ? '' : ` on ${device}`}. Nobody was logged in. If it was you, link the phone again like this:`,
  blockedLogOut: (brand: string) => `Open ${brand} on the phone, tap “More” and then “Log out”.`,
  blockedLink: 'Log in there with your e-mail and password, and follow the steps.',
  blockedReturn: 'Come back here and choose “Try again”.',
  blockedForeign: (email: string) =>
    `Was it somebody else, or do you no longer have the phone? Change your password and write to ${email}.`,
  ended: 'This login is over',
  endedText:
    'It is finished, its time ran out, or it was begun in another browser. To log in, go back to the service and start again there.',

  refusedSignIn:
    'We could not log you in. The e-mail or the password is wrong, or the account cannot be used right now. Check both and try again.',
  refusedCode:
    'That response code does not fit. Check it and the app passcode: a wrong passcode makes a wrong code. If it happens again, the phone’s clock may be off: let it set its time by itself.',
  refusedCodeChanged: (code: string) =>
    `That response code does not fit: the code here is ${code} now. Type it in the app, and the new response code here. If you did, the passcode may have been wrong.`,
  offlineLocked: (wait: string | null) =>
    `Response codes are locked for this account${wait === null ? ' for a while' : ` for ${wait}`}, because too many were wrong. You can still approve in the app when the phone has a network.`,
  tooLate: 'The approval was not collected in time, so nobody was logged in. Log in once more.',
  appOutdated: 'The app on the phone is too old. Open it with a network so that it can update, then try again.',
  rateLimited: (wait: string | null) =>
    `That was a lot of tries. Wait ${wait ?? 'a while'} and try again. What you typed is still here.`,
  unreachable: 'The server could not be reached. What you typed is still here. Check your connection and try again.',
  fault: 'Something went wrong on our side. Wait a moment and try again.',
  faultRequest: (request: string) => `Tell support this number if it happens again: ${request}`,
  minutes: (minutes: number) => (minutes === 1 ? '1 minute' : `${minutes} minutes`),
  hours: (hours: number) => (hours === 1 ? '1 hour' : `${hours} hours`),
  waitSeconds: (seconds: number) => (seconds === 1 ? '1 second' : `${seconds} seconds`),
}

export type Words = typeof en

const sv: Words = {
  language: 'Språk',
  loading: 'Ett ögonblick …',
  help: 'Behöver du hjälp?',
  next: 'Nästa',
  back: 'Tillbaka',
  cancel: 'Avbryt',
  tryAgain: 'Försök igen',
  backTo: (application) => `Tillbaka till ${application}`,
  reconnecting: 'Ansluter igen …',
  nothingLost: 'Inget är förlorat. Sidan fortsätter så snart den når servern.',
  reconnected: 'Ansluten igen.',

  signIn: 'Logga in',
  toContinue: (application) => `för att fortsätta till ${application}`,
  email: 'E-post',
  emailMissing: 'Skriv din e-postadress, till exempel anna@exempel.se.',
  password: 'Lösenord',
  passwordMissing: 'Skriv ditt lösenord.',
  showPassword: 'Visa lösenord',

  openOn: (brand, device) => `Öppna ${brand} på ${device}`,
  approveOn: (device) => `Godkänn på ${device}`,
  push: {
    sending: (device) => `Skickar en pushnotis till ${device} …`,
    sent: (device) => `En pushnotis har skickats till ${device}.`,
    received: (device) => `${device} har fått pushnotisen.`,
    'in-app': (device) => `Förfrågan finns på ${device} nu.`,
    withheld: (device) =>
      `Flera förfrågningar har inte besvarats, så ingen pushnotis skickas just nu. Öppna appen på ${device}.`,
  },
  pushFailed: (device) =>
    `Vi når inte ${device} med en pushnotis. Öppna appen på telefonen, eller logga in med en kod.`,
  pushAgain: 'Skicka pushnotisen igen',
  whatToDo: (application, browser) =>
    `Kontrollera att det står ${browser === null ? application : `${application} och ”${browser}”`} i förfrågan i appen. Godkänn den sedan.`,
  pickNumber: 'Välj det här numret i appen',
  goesOn: 'Den här sidan fortsätter av sig själv.',
  noPush: 'Jag fick ingen pushnotis',
  secondsLeft: (seconds) => (seconds === 1 ? '1 sekund kvar' : `${seconds} sekunder kvar`),

  offline: 'Logga in med en kod',
  offlineLead: 'Telefonen behöver inget nät.',
  stepOpen: (brand, device) => `Öppna ${brand} på ${device} och tryck på ”Autentisera” (eller ”Autentisering”).`,
  stepType: 'Skriv in den här koden i appen och tryck på ”Generera”. Appen ber om appkod, fingeravtryck eller ansikte.',
  stepRespond: 'Skriv in svarskoden som appen visar.',
  codeSpoken: (code) => `Koden är ${code}`,
  newCode: (code) => `En ny kod visas: ${code}`,
  newCodeSoon: 'En ny kod är på väg …',
  codeRenews: 'När tiden är ute kommer en ny kod.',
  codeEndsSoon: 'Koden byts alldeles strax. Har du inte börjat, vänta på nästa.',
  codeIsNew: 'Koden är ny. En svarskod till den förra tas emot i 10 sekunder till.',
  codeBeforeIsOver: 'Koden är ny. Svarskoder till den förra tas inte emot längre.',
  response: 'Svarskod',
  responseMalformed: 'Svarskoden har 8 siffror.',
  confirm: 'Bekräfta',
  triesLeft: (tries) => (tries === 1 ? '1 försök kvar' : `${tries} försök kvar`),
  stillOnline: (number) =>
    `Har telefonen nät igen? Då kan du godkänna i appen som vanligt${number === null ? '' : `, med numret ${number}`}.`,

  approved: 'Godkänt',
  approvedText: (application) => `Du loggas in på ${application} …`,
  declined: {
    unsaid: 'Du avböjde inloggningen',
    'not-me': 'Du svarade att det inte var du',
    'wrong-details': 'Du svarade att uppgifterna var fel',
    'changed-mind': 'Du ångrade dig',
  },
  declinedText: 'Ingen har loggats in.',
  notMeText: (email) =>
    `Ingen har loggats in. Någon annan kan ha ditt lösenord: byt det, och skriv till ${email} om du vill ha hjälp.`,
  expired: 'Tiden gick ut',
  expiredText: 'Inloggningen godkändes inte i tid. Ingen har loggats in.',
  wrongNumber: 'Ett annat nummer valdes',
  wrongNumberText: (email) =>
    `Numret som valdes i telefonen var inte det som stod här, så ingen har loggats in. Var det du? Försök igen. Annars kan någon ha ditt lösenord: byt det, och skriv till ${email} om du vill ha hjälp.`,
  codesSpent: 'För många felaktiga koder',
  codesSpentText:
    'Inloggningen avslutades och ingen har loggats in. Om koderna var rätt skrivna kan telefonens klocka gå fel: låt telefonen ställa in tiden automatiskt och försök igen.',
  cancelled: 'Inloggningen avbröts',
  cancelledText: 'Ingen har loggats in.',
  smsCode: 'Skriv koden från sms:et',
  smsCodeLead: (number) =>
    `Ingen telefon är kopplad till ditt konto än, så vi har skickat ett sms med 6 siffror till ${number}.`,
  smsLabel: 'Kod från sms:et',
  smsMalformed: 'Koden har 6 siffror.',
  smsRefused:
    'Det var inte rätt kod, så du är inte inloggad än. Titta i det senaste sms:et för den här inloggningen och försök igen.',
  smsResend: 'Skicka en ny kod',
  smsResent: 'En ny kod är på väg. Den gamla gäller inte längre.',
  smsOver: 'Koden har gått ut. Skicka en ny.',
  smsCaution: 'Säg aldrig koden till någon, inte ens till supporten.',
  smsSpentText:
    'Inloggningen avslutades och ingen har loggats in. Vänta en timme och försök igen: då får du en ny kod i ett sms.',
  linkPhone: 'Ingen telefon är kopplad',
  linkPhoneLead: 'Koden var rätt. Koppla telefonen nu, så godkänner du där nästa gång. Det tar en minut:',
  linkPhoneScan: 'Rikta telefonens kamera mot koden, eller öppna den här adressen på den:',
  linkPhoneOpen: 'Öppna den här adressen på telefonen:',
  linkPhoneQr: 'QR-kod med appens adress',
  linkPhoneSignIn: 'Logga in där med samma e-post och lösenord. Du får en ny kod i ett sms.',
  linkPhoneSteps: 'Följ stegen tills appen säger att det är klart.',
  linkPhoneWaits: 'Sidan märker av sig själv när telefonen är kopplad.',
  continueTo: (application) => `Fortsätt till ${application}`,
  phoneLinked: 'Telefonen är kopplad',
  phoneLinkedText: (device) => `Nästa gång du loggar in godkänner du på ${device}.`,
  blocked: 'Telefonen är spärrad',
  blockedText: (device) =>
    `Appkoden blev fel för många gånger${device === null ? '' : ` på ${device}`}. Ingen har loggats in. Om det var du kopplar du telefonen på nytt så här:`,
  blockedLogOut: (brand) => `Öppna ${brand} på telefonen, tryck på ”Annat” och sedan på ”Logga ut”.`,
  blockedLink: 'Logga in där med din e-post och ditt lösenord, och följ stegen.',
  blockedReturn: 'Kom tillbaka hit och välj ”Försök igen”.',
  blockedForeign: (email) => `Var det inte du, eller har du inte telefonen? Byt lösenord och skriv till ${email}.`,
  ended: 'Den här inloggningen är över',
  endedText:
    'Den är avslutad, tiden gick ut, eller så påbörjades den i en annan webbläsare. Vill du logga in, gå tillbaka till tjänsten och börja om där.',

  refusedSignIn:
    'Det gick inte att logga in. E-postadressen eller lösenordet är fel, eller så går kontot inte att använda just nu. Kontrollera båda och försök igen.',
  refusedCode:
    'Svarskoden stämmer inte. Kontrollera den och appkoden: fel appkod ger fel svarskod. Händer det igen kan telefonens klocka gå fel: låt den ställas in automatiskt.',
  refusedCodeChanged: (code) =>
    `Svarskoden stämmer inte: koden här är nu ${code}. Skriv in den i appen och den nya svarskoden här. Har du redan gjort det kan appkoden ha blivit fel.`,
  offlineLocked: (wait) =>
    `Svarskoder är spärrade för det här kontot ${wait === null ? 'en stund' : `i ${wait}`}, för att det blev fel för många gånger. Du kan fortfarande godkänna i appen när telefonen har nät.`,
  tooLate: 'Godkännandet hämtades inte i tid, så ingen har loggats in. Logga in en gång till.',
  appOutdated: 'Appen på telefonen är för gammal. Öppna den med nät så att den kan uppdateras, och försök igen.',
  rateLimited: (wait) => `Det blev många försök. Vänta ${wait ?? 'en stund'} och försök igen. Det du skrev finns kvar.`,
  unreachable: 'Det gick inte att nå servern. Det du skrev finns kvar. Kontrollera din anslutning och försök igen.',
  fault: 'Något gick fel hos oss. Vänta en stund och försök igen.',
  faultRequest: (request) => `Uppge det här numret till supporten om det händer igen: ${request}`,
  minutes: (minutes) => (minutes === 1 ? '1 minut' : `${minutes} minuter`),
  hours: (hours) => (hours === 1 ? '1 timme' : `${hours} timmar`),
  waitSeconds: (seconds) => (seconds === 1 ? '1 sekund' : `${seconds} sekunder`),
}

export const words: Record<Locale, Words> = { en, sv }

/** How long to wait, rounded up to what a person would say. */
export function duration(words: Words, seconds: number): string {
  if (seconds < 60) return words.waitSeconds(Math.max(1, Math.ceil(seconds)))
  const minutes = Math.ceil(seconds / 60)
  return minutes < 60 ? words.minutes(minutes) : words.hours(Math.ceil(minutes / 60))
}
