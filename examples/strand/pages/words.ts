/** Everything that a person reads at Strand, in English and Swedish. */
import type { EndReason, EntryKind, ProblemKind } from '../src/account-view.ts'
import type { FieldFault } from '../src/payment.ts'
import type { Locale } from './language.ts'

/** What can be said about a payment: why it came to nothing, or why nothing is known. */
export type NoticeKind = EndReason | 'unreachable' | 'offline' | 'guest' | 'unsettled'

interface Problem {
  readonly title: string
  readonly text: string
}

const en = {
  language: 'Language',
  logIn: 'Log in',
  logOut: 'Log out',
  tryAgain: 'Try again',
  home: 'To the start page',
  help: 'Do you need help?',
  demo: 'Demo: no real money.',
  loading: 'One moment …',

  welcome: 'Your money, as calm as the sea',
  welcomeText: 'Log in to see your account. You approve the login on your phone, so nobody else can get in.',
  account: 'Everyday account',
  greeting: (name: string) => `Hello ${name}`,
  balance: 'Balance',
  latest: 'Latest transactions',
  noEntries: 'There are no transactions yet.',
  what: 'Description',
  amount: 'Amount',
  entries: {
    opening: 'Opening balance',
    salary: 'Salary',
    rent: 'Rent',
    groceries: 'Groceries',
    travel: 'Bus and train',
    transfer: 'Payment',
  } satisfies Record<EntryKind, string>,

  accountNumber: 'Account number',
  newPayment: 'New payment',
  form: {
    kept: 'Saved payee',
    someoneNew: 'Someone new',
    amount: 'Amount',
    currency: 'SEK',
    payee: 'Payee',
    accountNumber: 'Account number',
    accountNumberHint: 'An IBAN, such as SE45 5000 0000 0583 9825 7466.',
    accountNumberRight: 'The check digits match.',
    message: 'Message (optional)',
    messageShort: 'Message',
    keep: 'Save the payee',
    pay: 'Pay',
    cancel: 'Cancel',
  },
  faults: {
    missing: 'Fill this in.',
    'no-amount': 'Write the amount in digits, such as 1250.50.',
    negative: 'Write an amount that is more than zero.',
    zero: 'Write an amount that is more than zero.',
    decimals: 'Write at most two decimals.',
    ambiguous: 'This can be read in two ways. Write thousands without a sign, such as 1250 or 1250.00.',
    currency: 'Payments are made in Swedish kronor only.',
    'too-much': 'One payment can be at most SEK 100,000.00.',
    malformed: 'This is not an account number. Write an IBAN: two letters, two digits, and the rest.',
    'check-digits': 'The check digits do not match. Compare the number with the one that you were given.',
    'too-long': 'This is too long.',
    hidden: 'This has characters that cannot be seen. Write it by hand instead of pasting it.',
    'more-than-balance': 'There is not that much on the account.',
    'own-account': 'This is your own account.',
    'unknown-account': 'Strand has no account with this number.',
  } satisfies Record<FieldFault, string>,
  notices: {
    declined: { title: 'You declined the payment', text: 'Nothing was paid. What you wrote is still here.' },
    'wrong-number': {
      title: 'Another number was picked',
      text: 'Nothing was paid. Pick the number on this page, or decline if it was not you who paid.',
    },
    'codes-spent': {
      title: 'Too many wrong codes',
      text: 'Nothing was paid. If you typed the codes rightly, let the phone set its time by itself, and try again.',
    },
    expired: { title: 'The time ran out', text: 'Nothing was paid. What you wrote is still here.' },
    cancelled: { title: 'The payment was cancelled', text: 'Nothing was paid. What you wrote is still here.' },
    'no-device': {
      title: 'No phone is linked',
      text: 'Payments are approved on your phone, and none is linked yet. Nothing was paid. Link your phone, come back here and try again.',
    },
    'device-blocked': {
      title: 'The phone is blocked',
      text: 'The app passcode was wrong too many times. Nothing was paid. Press “More” and then “Log out” on the phone, link it again, and try again here.',
    },
    'not-asked': {
      title: 'Your phone was not asked',
      text: 'Nothing was paid. Wait a moment and try again. If it happens again, write to support.',
    },
    'too-many': { title: 'Too many payments at once', text: 'Nothing was paid now. Wait a few minutes and try again.' },
    void: { title: 'The approval is no longer valid', text: 'Nothing was paid. What you wrote is still here.' },
    changed: {
      title: 'The approval was for something else',
      text: 'What was approved is not the payment you asked for here, so nothing was paid. Write to support if it happens again.',
    },
    'not-enough': {
      title: 'There is not enough money',
      text: 'Another payment was made before this one. Nothing was paid now.',
    },
    'unknown-account': { title: 'The account is not there', text: 'Strand has no such account. Nothing was paid.' },
    unreachable: {
      title: 'The approval service does not answer',
      text: 'Nothing was paid. Wait a moment and try again: you will not pay twice.',
    },
    offline: {
      title: 'Strand does not answer',
      text: 'Check your connection and try again: you will not pay twice.',
    },
    guest: { title: 'You are not logged in any more', text: 'Nothing was paid. Log in, come back here and try again.' },
    unsettled: {
      title: 'You have approved the payment',
      text: 'It is not booked yet. Strand goes on with it by itself. Reload the page in a moment, and do not pay again.',
    },
  } satisfies Record<NoticeKind, Problem>,
  linkPhone: 'Link your phone',
  newTab: '(opens a new tab)',
  paid: 'Paid',
  paidOn: 'Date',
  done: 'Done',

  problems: {
    cancelled: { title: 'You were not logged in', text: 'The login was cancelled. Nothing has changed.' },
    expired: {
      title: 'That took too long',
      text: 'The time ran out, or the login was begun in another browser. Nobody was logged in. Start again.',
    },
    unreachable: {
      title: 'You cannot log in right now',
      text: 'The login service does not answer. Nobody was logged in. Wait a moment and try again.',
    },
    failed: {
      title: 'Something went wrong',
      text: 'The login could not be completed, so nobody was logged in. If it happens again, write to support.',
    },
  } satisfies Record<ProblemKind, Problem>,
  offline: { title: 'Strand does not answer', text: 'Check your connection and try again.' } satisfies Problem,
  logOutFailed: 'Strand did not answer, so you may still be logged in. Try again.',
}

export type Words = typeof en

const sv: Words = {
  language: 'Språk',
  logIn: 'Logga in',
  logOut: 'Logga ut',
  tryAgain: 'Försök igen',
  home: 'Till startsidan',
  help: 'Behöver du hjälp?',
  demo: 'Demo: inga riktiga pengar.',
  loading: 'Ett ögonblick …',

  welcome: 'Dina pengar, lugna som havet',
  welcomeText: 'Logga in för att se ditt konto. Du godkänner inloggningen på telefonen, så ingen annan kommer in.',
  account: 'Vardagskonto',
  greeting: (name) => `Hej ${name}`,
  balance: 'Saldo',
  latest: 'Senaste händelserna',
  noEntries: 'Det finns inga händelser än.',
  what: 'Beskrivning',
  amount: 'Belopp',
  entries: {
    opening: 'Ingående saldo',
    salary: 'Lön',
    rent: 'Hyra',
    groceries: 'Mat',
    travel: 'Buss och tåg',
    transfer: 'Betalning',
  },

  accountNumber: 'Kontonummer',
  newPayment: 'Ny betalning',
  form: {
    kept: 'Sparad mottagare',
    someoneNew: 'Någon ny',
    amount: 'Belopp',
    currency: 'kr',
    payee: 'Mottagare',
    accountNumber: 'Kontonummer',
    accountNumberHint: 'Ett IBAN, till exempel SE45 5000 0000 0583 9825 7466.',
    accountNumberRight: 'Kontrollsiffrorna stämmer.',
    message: 'Meddelande (frivilligt)',
    messageShort: 'Meddelande',
    keep: 'Spara mottagaren',
    pay: 'Betala',
    cancel: 'Avbryt',
  },
  faults: {
    missing: 'Fyll i det här.',
    'no-amount': 'Skriv beloppet med siffror, till exempel 1250,50.',
    negative: 'Skriv ett belopp som är större än noll.',
    zero: 'Skriv ett belopp som är större än noll.',
    decimals: 'Skriv högst två decimaler.',
    ambiguous: 'Det går att läsa på två sätt. Skriv tusental utan tecken, till exempel 1250 eller 1250,00.',
    currency: 'Betalningar görs bara i svenska kronor.',
    'too-much': 'En betalning får vara på högst 100 000,00 kr.',
    malformed: 'Det är inget kontonummer. Skriv ett IBAN: två bokstäver, två siffror och resten.',
    'check-digits': 'Kontrollsiffrorna stämmer inte. Jämför med numret som du har fått.',
    'too-long': 'Det är för långt.',
    hidden: 'Det finns tecken här som inte syns. Skriv för hand i stället för att klistra in.',
    'more-than-balance': 'Så mycket finns inte på kontot.',
    'own-account': 'Det är ditt eget konto.',
    'unknown-account': 'Strand har inget konto med det numret.',
  },
  notices: {
    declined: { title: 'Du avböjde betalningen', text: 'Inget har betalats. Det du skrev finns kvar.' },
    'wrong-number': {
      title: 'Ett annat nummer valdes',
      text: 'Inget har betalats. Välj numret som står på sidan, eller avböj om det inte var du som betalade.',
    },
    'codes-spent': {
      title: 'För många felaktiga koder',
      text: 'Inget har betalats. Om du skrev koderna rätt, låt telefonen ställa in tiden automatiskt och försök igen.',
    },
    expired: { title: 'Tiden gick ut', text: 'Inget har betalats. Det du skrev finns kvar.' },
    cancelled: { title: 'Betalningen avbröts', text: 'Inget har betalats. Det du skrev finns kvar.' },
    'no-device': {
      title: 'Ingen telefon är kopplad',
      text: 'Betalningar godkänns på telefonen, och du har inte kopplat någon än. Inget har betalats. Koppla telefonen, kom tillbaka hit och försök igen.',
    },
    'device-blocked': {
      title: 'Telefonen är spärrad',
      text: 'Appkoden blev fel för många gånger. Inget har betalats. Tryck på ”Annat” och sedan på ”Logga ut” i telefonen, koppla den igen och försök igen här.',
    },
    'not-asked': {
      title: 'Telefonen blev inte tillfrågad',
      text: 'Inget har betalats. Vänta en stund och försök igen. Skriv till supporten om det händer igen.',
    },
    'too-many': {
      title: 'För många betalningar på en gång',
      text: 'Inget har betalats nu. Vänta några minuter och försök igen.',
    },
    void: { title: 'Godkännandet gäller inte längre', text: 'Inget har betalats. Det du skrev finns kvar.' },
    changed: {
      title: 'Godkännandet gällde något annat',
      text: 'Det som godkändes är inte betalningen som du bad om här, så inget har betalats. Skriv till supporten om det händer igen.',
    },
    'not-enough': {
      title: 'Pengarna räcker inte',
      text: 'En annan betalning gjordes före den här. Inget har betalats nu.',
    },
    'unknown-account': { title: 'Kontot finns inte', text: 'Strand har inget sådant konto. Inget har betalats.' },
    unreachable: {
      title: 'Tjänsten för godkännanden svarar inte',
      text: 'Inget har betalats. Vänta en stund och försök igen: du betalar inte två gånger.',
    },
    offline: {
      title: 'Strand svarar inte',
      text: 'Kontrollera din anslutning och försök igen: du betalar inte två gånger.',
    },
    guest: {
      title: 'Du är inte inloggad längre',
      text: 'Inget har betalats. Logga in, kom tillbaka hit och försök igen.',
    },
    unsettled: {
      title: 'Du har godkänt betalningen',
      text: 'Den är inte bokförd än. Strand fortsätter med den av sig självt. Ladda om sidan om en stund och betala inte igen.',
    },
  },
  linkPhone: 'Koppla telefonen',
  newTab: '(öppnas i en ny flik)',
  paid: 'Betald',
  paidOn: 'Datum',
  done: 'Klar',

  problems: {
    cancelled: { title: 'Du loggades inte in', text: 'Inloggningen avbröts. Inget har ändrats.' },
    expired: {
      title: 'Det tog för lång tid',
      text: 'Tiden gick ut, eller så påbörjades inloggningen i en annan webbläsare. Ingen har loggats in. Börja om.',
    },
    unreachable: {
      title: 'Det går inte att logga in just nu',
      text: 'Inloggningstjänsten svarar inte. Ingen har loggats in. Vänta en stund och försök igen.',
    },
    failed: {
      title: 'Något gick fel',
      text: 'Inloggningen kunde inte slutföras, så ingen har loggats in. Skriv till supporten om det händer igen.',
    },
  },
  offline: { title: 'Strand svarar inte', text: 'Kontrollera din anslutning och försök igen.' },
  logOutFailed: 'Strand svarade inte, så du kan fortfarande vara inloggad. Försök igen.',
}

export const words: Record<Locale, Words> = { en, sv }
