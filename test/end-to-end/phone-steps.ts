/** What a person does on the phone, by the labels that are on it. */
import type { World, WorldAccount } from '@countersign/testkit'
import type { Page } from 'playwright-core'
import type { Language } from './stage.ts'

/** The labels, in both languages; the Swedish ones are those that people know. */
export const phoneLabels = {
  sv: {
    start: 'Koppla den här telefonen',
    email: 'E-post',
    password: 'Lösenord',
    next: 'Nästa',
    save: 'Spara',
    done: 'Klar',
    approve: 'Godkänn',
    decline: 'Avböj',
    declineWithout: 'Avböj utan skäl',
    notMe: 'Det var inte jag',
    authenticate: 'Autentisera',
    generate: 'Generera',
    more: 'Annat',
    logOut: 'Logga ut',
    nothingWaits: 'Inget väntar på dig',
    noNetwork: 'Inget nät',
    approved: 'Godkänt',
    declined: 'Avböjt',
  },
  en: {
    start: 'Link this phone',
    email: 'E-mail',
    password: 'Password',
    next: 'Next',
    save: 'Save',
    done: 'Done',
    approve: 'Approve',
    decline: 'Decline',
    declineWithout: 'Decline without a reason',
    notMe: 'It was not me',
    authenticate: 'Authenticate',
    generate: 'Generate',
    more: 'More',
    logOut: 'Log out',
    nothingWaits: 'No requests waiting',
    noNetwork: 'No network',
    approved: 'Approved',
    declined: 'Declined',
  },
} as const

export const passcode = '482913'
