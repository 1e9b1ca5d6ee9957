/** Asking on the phone: Countersign's popup over the page. */
import '@countersign/approval-popup'
import type { Ending } from '@countersign/approval-popup'
import type { WaitingTransfer } from '../src/account-view.ts'
import type { Locale } from './language.ts'

export interface Answered {
  readonly ending: Ending
  /** Takes the popup away. It still says that the transfer was approved, until Strand has booked it. */
  readonly close: () => void
}

/** Opens the popup, until the phone has answered or the person has left. */
export async function askOnPhone({ server, approval, pageToken }: WaitingTransfer, locale: Locale): Promise<Answered> {
  const popup = document.createElement('countersign-approval')
  document.body.append(popup)
  const ending = await popup.open({ server, approval, pageToken, locale })
  return { ending, close: () => popup.remove() }
}
