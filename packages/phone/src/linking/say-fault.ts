/** What a fault is called beside its field. */
import type { LinkingFault } from './linking-state.ts'
import type { LinkingWords } from './words.ts'

export function sayFault(fault: LinkingFault, words: LinkingWords): string {
  switch (fault.kind) {
    case 'code_refused':
      return fault.triesLeft === 1 ? words.code.last : words.code.wrong(fault.triesLeft)
    case 'rate_limited':
      return words.faults.rate_limited(fault.seconds)
    default:
      return words.faults[fault.kind]
  }
}
