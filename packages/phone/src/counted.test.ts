import { expect, test } from 'vitest'
import { plural, timeInWords } from './counted.ts'

test.each([
  [0, '0 sekunder', '0 seconds'],
  [1, '1 sekund', '1 second'],
  [59, '59 sekunder', '59 seconds'],
  [60, '1 minut', '1 minute'],
  [61, '1 minut 1 sekund', '1 minute 1 second'],
  [89, '1 minut 29 sekunder', '1 minute 29 seconds'],
  [300, '5 minuter', '5 minutes'],
] as const)('%i seconds are said in the parts that a ring shows', (seconds, sv, en) => {
  expect([timeInWords(seconds, 'sv'), timeInWords(seconds, 'en')]).toEqual([sv, en])
})

test('one is one', () => {
  expect([plural(1, 'try', 'tries'), plural(2, 'try', 'tries')]).toEqual(['1 try', '2 tries'])
})
