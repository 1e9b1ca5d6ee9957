/** Requests as text. */
import type { RefusedApproval, ShownApproval } from '@countersign/device'
import { parseTimestamp } from '@countersign/protocol'

/** Whole seconds until a request ends. */
const secondsLeft = (shown: ShownApproval, serverNow: number): number =>
  Math.max(0, Math.ceil((parseTimestamp(shown.document.expires) - serverNow) / 1000))

/** What the person is asked: the application's name, headline and lines, exactly as signed. */
export function requestText(shown: ShownApproval, serverNow: number): string {
  const { application, headline, lines } = shown.document
  const width = Math.max(0, ...lines.map(({ label }) => label.length))
  return [
    `${application.name}: ${headline}`,
    ...lines.map(({ label, value }) => `  ${label.padEnd(width)}  ${value}`),
    ...(shown.numbers === null ? [] : [`  Which number is on the page? ${shown.numbers.join(', ')}`]),
    `  ${shown.approval}, ${secondsLeft(shown, serverNow)} seconds left`,
  ].join('\n')
}

const faults: Record<RefusedApproval['fault'], string> = {
  signature: 'its signature is not from a key that this phone knows',
  content: 'this version does not understand it',
  'not-for-this-device': 'it is not meant for this phone',
  binding: 'this version cannot tie it to its page',
}

/** Why a request is not shown. */
export const refusedText = ({ approval, fault }: RefusedApproval): string =>
  `A request is not shown (${approval}): ${faults[fault]}.`
