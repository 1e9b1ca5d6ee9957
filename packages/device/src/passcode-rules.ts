/** Which passcodes are refused when one is chosen: those that a thief tries first. */

export type PasscodeFault =
  /** Not six digits. */
  | 'not-six-digits'
  /** One digit, two or three digits over and over, or mirrored halves: 111111, 121212, 123123, 123321. */
  | 'repeated'
  /** Digits that follow each other, up or down: 123456, 987654, 890123. */
  | 'sequence'
  /** A year with two digits beside it: 199012, 311987. */
  | 'year'

const repeatsOf = (size: number) => new RegExp(`^(\\d{${size}})\\1+$`)
const repeated = [
  repeatsOf(1),
  repeatsOf(2),
  repeatsOf(3),
  /^(\d)(\d)(\d)\3\2\1$/,
  /^(\d)\1(\d)\2(\d)\3$/,
  /^(\d)\1\1(\d)\2\2$/,
]

function isSequence(passcode: string, step: 1 | 9): boolean {
  const digits = Array.from(passcode, Number)
  return digits.every((digit, index) => index === 0 || digit === ((digits[index - 1] ?? 0) + step) % 10)
}

/** What is wrong with a passcode that somebody wants to choose, or null. */
export function passcodeFault(passcode: string): PasscodeFault | null {
  if (!/^\d{6}$/.test(passcode)) return 'not-six-digits'
  if (repeated.some((pattern) => pattern.test(passcode))) return 'repeated'
  if (isSequence(passcode, 1) || isSequence(passcode, 9)) return 'sequence'
  if (/^(19\d|20[0-2])\d{3}$/.test(passcode) || /^\d\d(19\d|20[0-2])\d$/.test(passcode)) return 'year'
  return null
}
