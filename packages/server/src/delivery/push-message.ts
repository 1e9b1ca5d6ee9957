/** PURE: what is in a push. Never what is asked, how much, for whom or where. */
import { type ApprovalId, type Locale, PushMessage } from '@countersign/protocol'

const words: Readonly<Record<Locale, { readonly body: string }>> = {
  en: { body: 'Something waits for your answer. Tap to see what it is.' },
  sv: { body: 'Något väntar på ditt svar. Tryck för att se vad det är.' },
}

export interface PushContent {
  readonly approval: ApprovalId
  readonly locale: Locale
  /** The operator's name. */
  readonly name: string
  /** Where the phone app is. */
  readonly phoneUrl: string
  /** For the confirmation that it arrived. */
  readonly nonce: string
}

/** The payload, before it is encrypted. */
export const pushMessageOf = ({ approval, locale, name, phoneUrl, nonce }: PushContent): PushMessage =>
  PushMessage.parse({
    web_push: 8030,
    notification: {
      title: name,
      body: words[locale].body,
      lang: locale,
      tag: approval,
      navigate: new URL('/', phoneUrl).href,
      data: { approval, nonce },
    },
  })
