/** What a person does to pay on Strand, by the labels that are on its page and on the popup. */
import type { Page } from 'playwright-core'
import type { Language } from './stage.ts'

export const transferLabels = {
  sv: {
    newPayment: 'Ny betalning',
    amount: 'Belopp',
    payee: 'Mottagare',
    accountNumber: 'Kontonummer',
    message: 'Meddelande (frivilligt)',
    keep: 'Spara mottagaren',
    kept: 'Sparad mottagare',
    pay: 'Betala',
    tryAgain: 'Försök igen',
    paid: 'Betald',
    done: 'Klar',
    close: 'Stäng',
    cancel: 'Avbryt',
    declined: 'Du avböjde betalningen',
    wrongNumber: 'Ett annat nummer valdes',
    expired: 'Tiden gick ut',
    cancelled: 'Betalningen avbröts',
    noDevice: 'Ingen telefon är kopplad',
    linkPhone: /^Koppla telefonen/,
    noPush: 'Jag fick ingen pushnotis',
  },
  en: {
    newPayment: 'New payment',
    amount: 'Amount',
    payee: 'Payee',
    accountNumber: 'Account number',
    message: 'Message (optional)',
    keep: 'Save the payee',
    kept: 'Saved payee',
    pay: 'Pay',
    tryAgain: 'Try again',
    paid: 'Paid',
    done: 'Done',
    close: 'Close',
    cancel: 'Cancel',
    declined: 'You declined the payment',
    wrongNumber: 'Another number was picked',
    expired: 'The time ran out',
    cancelled: 'The payment was cancelled',
    noDevice: 'No phone is linked',
    linkPhone: /^Link your phone/,
    noPush: "I didn't get a push notification",
  },
} as const

/** A bill, as it is typed. */
export const bill = {
  sv: {
    amount: '1 250,50',
    payee: 'Elnät Syd AB',
    accountNumber: 'SE45 5000 0000 0583 9825 7466',
    message: 'Faktura 17',
  },
  en: {
    amount: '1,250.50',
    payee: 'Elnät Syd AB',
    accountNumber: 'SE45 5000 0000 0583 9825 7466',
    message: 'Invoice 17',
  },
} as const

export type Bill = { readonly [Field in keyof (typeof bill)['sv']]: string }

/** Opens the form, and types a bill. */
export async function typeBill(page: Page, language: Language, more: Partial<Bill> = {}): Promise<void> {
  const labels = transferLabels[language]
  const typed = { ...bill[language], ...more }
  await page.getByRole('button', { name: labels.newPayment, exact: true }).click()
  for (const field of ['amount', 'payee', 'accountNumber', 'message'] as const) {
    await page.getByLabel(labels[field], { exact: true }).fill(typed[field])
  }
}

/** What stands in the form. */
export async function typedBill(page: Page, language: Language): Promise<Bill> {
  const labels = transferLabels[language]
  const inputIn = (label: string) => page.getByLabel(label, { exact: true }).inputValue()
  return {
    amount: await inputIn(labels.amount),
    payee: await inputIn(labels.payee),
    accountNumber: await inputIn(labels.accountNumber),
    message: await inputIn(labels.message),
  }
}

/** Sends the form. */
export const pay = (page: Page, language: Language) =>
  page.getByRole('button', { name: transferLabels[language].pay, exact: true }).click()

const popup = 'countersign-approval'

/** The popup, while it waits: its heading names the phone. */
export const popupOn = (page: Page, language: Language) =>
  page
    .locator(popup)
    .getByRole('heading', { name: language === 'sv' ? /^(Godkänn|Öppna appen) på / : /^(Approve|Open the app) on / })

export const pressInPopup = (page: Page, name: string) =>
  page.locator(popup).getByRole('button', { name, exact: true }).click()

/** The receipt is on the page. */
export const isPaid = (page: Page, language: Language) =>
  page.getByRole('heading', { name: transferLabels[language].paid, exact: true }).waitFor()

/** How often a payee stands among the latest transactions. */
export async function timesPaid(page: Page, payee: string): Promise<number> {
  await page.getByRole('table').waitFor()
  return page.getByRole('rowheader').filter({ hasText: payee }).count()
}
