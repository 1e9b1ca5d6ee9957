/** Codes without network (protocol section 7). */
import { codeKeyOf, typedResponse } from '@countersign/protocol'

/** How long a round lasts, and with it the code on the page, in milliseconds. */
const roundLength = 90_000

export interface OfflineResponse {
  /** Eight digits, to be typed on the page. */
  readonly response: string
  /** Milliseconds since the epoch by this phone's clock: the code on the page is over then, at the latest. */
  readonly ends: number
}

/** Whether this can be a code from a page: eight digits, not below 10000000. */
export const isChallenge = (text: string): boolean => /^[1-9]\d{7}$/.test(text)

/**
 * Makes the response to a code on a page. A wrong passcode gives a response too: nobody but the server can tell.
 *
 * @param options.open opens the unlock secret, which is erased afterwards
 * @param options.now this phone's clock in milliseconds, uncorrected; the learned offset is added here
 * @throws TypeError when `challenge` is not one; whatever `open` throws
 */
export async function offlineResponse(
  options: {
    readonly open: () => Promise<Uint8Array>
    readonly clockOffset: number
    readonly now: () => number
  },
  challenge: string,
): Promise<OfflineResponse> {
  if (!isChallenge(challenge)) throw new TypeError('A code from a page has eight digits and does not begin with 0.')
  const secret = await options.open()
  const now = options.now()
  const response = typedResponse(codeKeyOf(secret), challenge, now + options.clockOffset)
  secret.fill(0)
  return { response, ends: now + roundLength }
}
