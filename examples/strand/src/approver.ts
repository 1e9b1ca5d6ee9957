/** What Strand needs of Countersign. `countersign.ts` is the real one, on the SDK. */
import type { EndReason } from './account-view.ts'
import type { ApprovedDocument } from './transfer.ts'

export interface Question {
  /** The same one asks once, however often it is sent. */
  readonly key: string
  /** Who is asked. */
  readonly subject: string
  readonly data: Readonly<Record<string, string>>
  readonly locale: 'sv' | 'en'
  /** As the phone shows it; null where it is not known. */
  readonly browser: string | null
  /** The browser session: in each, one transfer is asked about at a time. */
  readonly session: string
}

/** No answer came, or one that may become another: ask again later. */
interface Unreachable {
  readonly kind: 'unreachable'
}

export type Asked =
  | { readonly kind: 'asked'; readonly approval: string; readonly pageToken: string }
  | { readonly kind: 'refused'; readonly reason: EndReason }
  | Unreachable

export type Looked =
  | { readonly kind: 'pending' }
  | { readonly kind: 'approved' }
  | { readonly kind: 'over'; readonly reason: EndReason }
  | Unreachable

export type Collected =
  /** `document` is what the receipt proves. */
  | { readonly kind: 'collected'; readonly document: ApprovedDocument; readonly receipt: string }
  | { readonly kind: 'refused'; readonly reason: EndReason }
  | Unreachable

export interface Approver {
  ask(question: Question): Promise<Asked>
  /** How an approval stands. */
  look(approval: string): Promise<Looked>
  /** Collects what was approved. The same redemption gets the same again. */
  collect(approval: string, redemption: string): Promise<Collected>
}
