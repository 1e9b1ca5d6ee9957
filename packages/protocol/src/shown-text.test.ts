/** abuse-7: what may stand on a phone's screen. The characters are listed here one by one, not by the classes of the rule. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ShownText } from './values.ts'

const isShown = (text: string) => ShownText(254).safeParse(text).success

const between = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at)

const hostile = {
  'that control': [...between(0x00, 0x1f), ...between(0x7f, 0x9f)],
  'that turn the direction': [0x061c, 0x200e, 0x200f, ...between(0x202a, 0x202e), ...between(0x2066, 0x2069)],
  'without width': [0x00ad, 0x034f, 0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, ...between(0x2061, 0x206f)],
  'that look like nothing': [0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0],
  'that choose a form': [...between(0x180b, 0x180d), 0x180f, ...between(0xfe00, 0xfe0f), ...between(0xe0100, 0xe01ef)],
  'that tag': between(0xe0000, 0xe007f),
  'that end a line': [0x2028, 0x2029, 0x0085, 0x000b, 0x000c],
  'that annotate': [0xfff9, 0xfffa, 0xfffb, ...between(0x1d173, 0x1d17a)],
  'of private use': [0xe000, 0xf8ff, 0xf0000, 0x10ffff - 2],
  'that are half a character': [0xd800, 0xdbff, 0xdc00, 0xdfff],
} as const

describe('abuse-7 text that is shown', () => {
  test.each(Object.entries(hostile))('holds no characters %s, wherever they stand', (_, codes) => {
    for (const code of codes) {
      const character = String.fromCodePoint(code)
      for (const text of [character, `Strand${character}`, `Str${character}and`, `${character}Strand`]) {
        expect({ code: code.toString(16), shown: isShown(text) }).toEqual({ code: code.toString(16), shown: false })
      }
    }
  })

  test.each([
    'Strand',
    'Sparbanken Öst & Co. (företag)',
    'Ngân hàng Việt Nam',
    'בנק החוף',
    'بنك الشاطئ',
    'ธนาคารที่ดี',
    'मुंबई बैंक',
    '東京銀行',
    'Zoë 🌊 ❤️',
    '12 450,00 kr',
    `${'a'.repeat(64)}@${'b'.repeat(185)}.se`,
  ])('may be %s', (text) => {
    expect(isShown(text)).toBe(true)
  })

  test.each([
    ['nothing', ''],
    ['a space alone', ' '],
    ['a wide space at an end', 'Strand\u3000'],
    ['a space in front', ' Strand'],
    ['more than its length', 'a'.repeat(255)],
    ['a second spelling of the same', 'A\u030akerman'],
    ['a heap of marks on one letter', `a${'\u0489'.repeat(5)}`],
    ['marks of several kinds in a heap', 'Z\u0335\u0336\u0337\u0338\u0489'],
    ['a form for what is no picture', 'Strand\ufe0f'],
    ['forms alone', '\ufe0f\ufe0f'],
  ])('is not %s', (_, text) => {
    expect(isShown(text)).toBe(false)
  })

  test('whatever is taken draws something for each of its characters, in their order', () => {
    const all = Object.values(hostile).flat()
    const unit = fc.oneof(
      { weight: 3, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.constantFrom(...all).map((code) => String.fromCodePoint(code)) },
      { weight: 6, arbitrary: fc.constantFrom(...'abcåäö ÅÄÖ123.@') },
    )
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
        if (!isShown(text)) return
        const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0)
        const unseen = codes.filter((code) => code !== 0xfe0f && all.some((one) => one === code))
        expect(unseen).toEqual([])
        expect(text.trim()).not.toBe('')
      }),
      { numRuns: 3_000 },
    )
  })
})
