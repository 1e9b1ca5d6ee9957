/** What the popup says, in Swedish and English. */
import type { Approval } from './answer.ts'

export type Locale = Approval['locale']

const en = {
  opening: 'One moment …',
  approveOn: (device: string) => `Approve on ${device}`,
  openOn: (device: string) => `Open the app on ${device}`,
  from: (application: string) => `${application} asks:`,
  push: {
    sending: (device: string) => `Sending a push notification to ${device} …`,
    sent: (device: string) => `A push notification was sent to ${device}.`,
    received: (device: string) => `${device} has received the push notification.`,
    'in-app': (device: string) => `The request is on ${device} now.`,
    withheld: (device: string) =>
      `Several requests went unanswered, so no push notification is sent now. Open the app on ${device}.`,
    failed: (device: string) =>
      `We cannot reach ${device} with a push notification. Open the app on the phone, or use a code.`,
  } as Readonly<Record<string, (device: string) => string>>,
  pickNumber: 'Pick this number in the app',
  goesOn: 'This page goes on by itself.',
  pushAgain: 'Send the push notification again',
  noPush: "I didn't get a push notification",
  cancel: 'Cancel',
  close: 'Close',
  tryAgain: 'Try again',
  help: 'Need help?',
  secondsLeft: (seconds: number) => (seconds === 1 ? '1 second left' : `${seconds} seconds left`),

  offline: 'Approve with a code',
  offlineLead: 'The phone needs no network.',
  stepOpen: (device: string) => `Open the app on ${device} and tap “Authenticate” (or “Authentication”).`,
  stepType: 'Type this code in the app and tap “Generate”. The app asks for passcode, fingerprint or face.',
  stepRespond: 'Type the response code that the app shows.',
  codeSpoken: (code: string) => `The code is ${code}`,
  newCode: (code: string) => `There is a new code: ${code}`,
  newCodeSoon: 'A new code is on its way …',
  codeRenews: 'When the time is up a new code comes.',
  codeIsNew: 'The code is new. A response to the one before is taken for 10 more seconds.',
  response: 'Response code',
  malformed: 'The response code has 8 digits.',
  confirm: 'Confirm',
  triesLeft: (tries: number) => (tries === 1 ? '1 try left' : `${tries} tries left`),
  stillOnline: (number: string | null) =>
    `Does the phone have a network again? Then you can approve in the app as usual${number === null ? '' : `, with the number ${number}`}.`,

  approved: 'Approved',
  approvedText: 'One moment …',
  declined: {
    unsaid: 'You declined',
    'not-me': 'You answered that it was not you',
    'wrong-details': 'You answered that the details were wrong',
    'changed-mind': 'You changed your mind',
  } as Readonly<Record<string, string>>,
  kept: 'Nothing was done. What you filled in is still here.',
  notMe: (email: string) =>
    `Nothing was done. Somebody else may be using your account: change your password, and write to ${email} if you want help.`,
  wrongNumber: 'Another number was picked',
  wrongNumberText: (email: string) =>
    `The number picked on the phone was not the one shown here, so nothing was done. Was it you? Try again. If not, write to ${email}.`,
  codesSpent: 'Too many wrong codes',
  codesSpentText:
    'Nothing was done. If the codes were typed rightly, the phone’s clock may be wrong: let the phone set its time by itself, and try again.',
  expired: 'The time ran out',
  expiredText: 'It was not approved in time, so nothing was done. What you filled in is still here.',
  cancelled: 'It was cancelled',
  replacedText: 'Something else was asked instead, so nothing was done here.',
  blocked: 'The phone is blocked',
  blockedText: (device: string) =>
    `The passcode was wrong too many times on ${device}. Nothing was done. Open the app, log out there and link the phone anew; then try again.`,
  noDevice: 'No phone is linked',
  noDeviceText: 'This has to be approved on a phone, and none is linked to your account yet. Nothing was done.',
  noDeviceOpen: 'Open this address on your phone and log in there:',
  lost: 'This window is over',
  lostText: 'What it was waiting for has ended. Nothing was done here. Close it and try again.',

  reconnecting: 'Connecting again … Nothing is lost.',
  reconnected: 'Connected again.',
  unreachable: 'The server could not be reached. Check your connection and try again.',
  refusedCode:
    'That response code does not fit. Check it and the app passcode: a wrong passcode makes a wrong code. If it happens again, the phone’s clock may be off: let it set its time by itself.',
  offlineLocked:
    'Response codes are locked for this account for a while, because there were too many wrong ones. You can still approve in the app when the phone has a network.',
  limited: (seconds: number | null) =>
    `That was asked for too often. Try again ${seconds === null ? 'in a while' : `in ${seconds} seconds`}.`,
  outdated: 'The app on the phone is too old. Open it with a network so that it can update, then try again.',
  fault: 'Something went wrong on our side. Wait a moment and try again.',
}

export type Words = typeof en

const sv: Words = {
  opening: 'Ett ögonblick …',
  approveOn: (device) => `Godkänn på ${device}`,
  openOn: (device) => `Öppna appen på ${device}`,
  from: (application) => `${application} frågar:`,
  push: {
    sending: (device) => `Skickar en pushnotis till ${device} …`,
    sent: (device) => `En pushnotis har skickats till ${device}.`,
    received: (device) => `${device} har fått pushnotisen.`,
    'in-app': (device) => `Förfrågan finns på ${device} nu.`,
    withheld: (device) =>
      `Flera förfrågningar har inte besvarats, så ingen pushnotis skickas just nu. Öppna appen på ${device}.`,
    failed: (device) => `Vi når inte ${device} med en pushnotis. Öppna appen på telefonen, eller använd en kod.`,
  },
  pickNumber: 'Välj det här numret i appen',
  goesOn: 'Den här sidan fortsätter av sig själv.',
  pushAgain: 'Skicka pushnotisen igen',
  noPush: 'Jag fick ingen pushnotis',
  cancel: 'Avbryt',
  close: 'Stäng',
  tryAgain: 'Försök igen',
  help: 'Behöver du hjälp?',
  secondsLeft: (seconds) => (seconds === 1 ? '1 sekund kvar' : `${seconds} sekunder kvar`),

  offline: 'Godkänn med en kod',
  offlineLead: 'Telefonen behöver inget nät.',
  stepOpen: (device) => `Öppna appen på ${device} och tryck på ”Autentisera” (eller ”Autentisering”).`,
  stepType: 'Skriv in den här koden i appen och tryck på ”Generera”. Appen ber om appkod, fingeravtryck eller ansikte.',
  stepRespond: 'Skriv in svarskoden som appen visar.',
  codeSpoken: (code) => `Koden är ${code}`,
  newCode: (code) => `En ny kod visas: ${code}`,
  newCodeSoon: 'En ny kod är på väg …',
  codeRenews: 'När tiden är ute kommer en ny kod.',
  codeIsNew: 'Koden är ny. En svarskod till den förra tas emot i 10 sekunder till.',
  response: 'Svarskod',
  malformed: 'Svarskoden har 8 siffror.',
  confirm: 'Bekräfta',
  triesLeft: (tries) => (tries === 1 ? '1 försök kvar' : `${tries} försök kvar`),
  stillOnline: (number) =>
    `Har telefonen nät igen? Då kan du godkänna i appen som vanligt${number === null ? '' : `, med numret ${number}`}.`,

  approved: 'Godkänt',
  approvedText: 'Ett ögonblick …',
  declined: {
    unsaid: 'Du avböjde',
    'not-me': 'Du svarade att det inte var du',
    'wrong-details': 'Du svarade att uppgifterna var fel',
    'changed-mind': 'Du ångrade dig',
  },
  kept: 'Inget har genomförts. Det du fyllde i finns kvar.',
  notMe: (email) =>
    `Inget har genomförts. Någon annan kan använda ditt konto: byt lösenord, och skriv till ${email} om du vill ha hjälp.`,
  wrongNumber: 'Ett annat nummer valdes',
  wrongNumberText: (email) =>
    `Numret som valdes i telefonen var inte det som stod här, så inget har genomförts. Var det du? Försök igen. Annars skriver du till ${email}.`,
  codesSpent: 'För många felaktiga koder',
  codesSpentText:
    'Inget har genomförts. Om koderna var rätt skrivna kan telefonens klocka gå fel: låt telefonen ställa in tiden automatiskt och försök igen.',
  expired: 'Tiden gick ut',
  expiredText: 'Det godkändes inte i tid, så inget har genomförts. Det du fyllde i finns kvar.',
  cancelled: 'Det avbröts',
  replacedText: 'Något annat begärdes i stället, så inget har genomförts här.',
  blocked: 'Telefonen är spärrad',
  blockedText: (device) =>
    `Appkoden blev fel för många gånger på ${device}. Inget har genomförts. Öppna appen, logga ut där och koppla telefonen på nytt. Försök sedan igen.`,
  noDevice: 'Ingen telefon är kopplad',
  noDeviceText: 'Det här godkänns på en telefon, och ingen är kopplad till ditt konto än. Inget har genomförts.',
  noDeviceOpen: 'Öppna den här adressen på telefonen och logga in där:',
  lost: 'Det här fönstret är över',
  lostText: 'Det som det väntade på är avslutat. Inget har genomförts här. Stäng det och försök igen.',

  reconnecting: 'Ansluter igen … Inget är förlorat.',
  reconnected: 'Ansluten igen.',
  unreachable: 'Det gick inte att nå servern. Kontrollera din anslutning och försök igen.',
  refusedCode:
    'Svarskoden stämmer inte. Kontrollera den och appkoden: fel appkod ger fel svarskod. Händer det igen kan telefonens klocka gå fel: låt den ställas in automatiskt.',
  offlineLocked:
    'Svarskoder är spärrade för det här kontot en stund, för att det blev fel för många gånger. Du kan fortfarande godkänna i appen när telefonen har nät.',
  limited: (seconds) =>
    `Det begärdes för många gånger. Försök igen ${seconds === null ? 'om en stund' : `om ${seconds} sekunder`}.`,
  outdated: 'Appen på telefonen är för gammal. Öppna den med nät så att den kan uppdateras, och försök igen.',
  fault: 'Något gick fel hos oss. Vänta en stund och försök igen.',
}

export const words: Readonly<Record<Locale, Words>> = { en, sv }
