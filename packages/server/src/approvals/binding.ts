/** PURE but for the random source it is given: what ties page and phone together for one approval (protocol section 6). */
import { type Binding, type DecisionPayload, equalBytes, utf8 } from '@countersign/protocol'
import type { Random } from '../platform/random.ts'

/** What the page shows and the phone offers. */
export type BindingSecret =
  | { readonly value: null; readonly choices: null }
  /** `choices` are in ascending order, so that their order tells nothing. */
  | { readonly value: string; readonly choices: readonly [string, string, string] }

function drawNumbers(random: Random): readonly [string, string, string] {
  const drawn = new Set<string>()
  while (drawn.size < 3) {
    const number = random.digits(2)
    if (!number.startsWith('0')) drawn.add(number)
  }
  const [first = '', second = '', third = ''] = drawn
  return [first, second, third]
}

/** Draws what an approval with this binding needs. */
export function drawBinding(binding: Binding, random: Random): BindingSecret {
  if (binding !== 'number') return { value: null, choices: null }
  const [value, second, third] = drawNumbers(random)
  const [low = '', middle = '', high = ''] = [value, second, third].toSorted()
  return { value, choices: [low, middle, high] }
}

/** Whether a decision carries what its binding asks for. */
export function isBindingMet(
  binding: Binding,
  value: string | null,
  answered: DecisionPayload['binding_value'],
): boolean {
  switch (binding) {
    case 'plain':
      return answered === null
    case 'number':
      return value !== null && answered !== null && equalBytes(utf8(value), utf8(answered))
    default:
      // Not built yet: nothing may pass for it.
      return false
  }
}
