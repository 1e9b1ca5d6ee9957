/** What the provider's own small pages and the SMS say. The sign-in page has its own words. */
import type { Locale } from '@countersign/protocol'

const en = {
  smsCode: (application: string) => `Code to log in to ${application}. Never tell it to anyone.`,
  demoPlace: 'The computer that runs the demo',
  signInStopped: 'The login could not continue',
  signInOver:
    'This login is over, or it was begun in another browser. Nothing was done. Go back to where you came from and log in again.',
  badRequest:
    'The page that sent you here asked for something that does not work. Nothing was done. Go back and try again. If it happens again, tell support.',
  ourFault: 'Something went wrong here. Try again in a moment. If it happens again, tell support.',
  errorCode: (code: string) => `Code: ${code}`,
  signOutTitle: 'Log out',
  signOutQuestion: (name: string) => `Do you want to log out of ${name} in this browser?`,
  signOutButton: 'Log out',
  signingOut: 'You are being logged out …',
  signedOutTitle: 'You are logged out',
  signedOut: 'You can close this page.',
  support: 'Support',
}

type Words = typeof en

const sv: Words = {
  smsCode: (application) => `Kod för att logga in på ${application}. Berätta den aldrig för någon.`,
  demoPlace: 'Datorn som kör demonstrationen',
  signInStopped: 'Inloggningen kunde inte fortsätta',
  signInOver:
    'Den här inloggningen är över, eller så påbörjades den i en annan webbläsare. Inget har gjorts. Gå tillbaka dit du kom ifrån och logga in igen.',
  badRequest:
    'Sidan som skickade dig hit bad om något som inte fungerar. Inget har gjorts. Gå tillbaka och försök igen. Händer det igen, kontakta supporten.',
  ourFault: 'Något gick fel hos oss. Försök igen om en stund. Händer det igen, kontakta supporten.',
  errorCode: (code) => `Kod: ${code}`,
  signOutTitle: 'Logga ut',
  signOutQuestion: (name) => `Vill du logga ut från ${name} i den här webbläsaren?`,
  signOutButton: 'Logga ut',
  signingOut: 'Du loggas ut …',
  signedOutTitle: 'Du är utloggad',
  signedOut: 'Du kan stänga den här sidan.',
  support: 'Support',
}

export const words: Record<Locale, Words> = { en, sv }
