/**
 * `<countersign-approval>`: the window of a page that waits for a phone.
 *
 * Promises to say what is asked, on which phone, and for how long; to offer the code where no push came; to go on by
 * itself; and to leave the page's form alone. It knows one approval by its page token, which it keeps in memory only. Must
 * never be taken for the result: that is collected by the application's back end.
 *
 * @example
 * const popup = document.querySelector('countersign-approval')
 * const ending = await popup.open({ server, approval, pageToken })
 * if (ending.kind === 'approved') await collect()
 * popup.close()
 * if (ending.kind !== 'approved' && ending.again) startAnew()
 */
import { ApprovalPopup } from './element.ts'

export { ApprovalPopup, type OpenOptions } from './element.ts'
export type { Ending, NoDevice } from './popup-state.ts'

declare global {
  interface HTMLElementTagNameMap {
    'countersign-approval': ApprovalPopup
  }
}

if (customElements.get('countersign-approval') === undefined)
  customElements.define('countersign-approval', ApprovalPopup)
