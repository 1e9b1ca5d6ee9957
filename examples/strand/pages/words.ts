/** Everything that a person reads at Strand, in English and Swedish. */
import type { Entry, ProblemKind } from '../src/account-view.ts'
import type { Locale } from './language.ts'

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
  } satisfies Record<Entry['kind'], string>,

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
