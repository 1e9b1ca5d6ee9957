import { ApprovalId, type Locale, utf8 } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import { longestPayload } from './encrypt-push.ts'
import { pushMessageOf } from './push-message.ts'

const approval = ApprovalId.parse(`apr_${'B'.repeat(22)}`)
const about = (locale: Locale, name = 'Strand ID') =>
  pushMessageOf({ approval, locale, name, phoneUrl: 'https://app.example.com', nonce: 'n'.repeat(40) })

describe('the message in a push', () => {
  test.each([
    ['sv', 'Något väntar på ditt svar. Tryck för att se vad det är.'],
    ['en', 'Something waits for your answer. Tap to see what it is.'],
  ] as const)('is a Declarative Web Push message (%s) of neutral words, and nothing else', (locale, body) => {
    expect(about(locale)).toEqual({
      web_push: 8030,
      notification: {
        title: 'Strand ID',
        body,
        lang: locale,
        tag: approval,
        navigate: 'https://app.example.com/',
        data: { approval, nonce: 'n'.repeat(40) },
      },
    })
  })

  test('is far shorter than what push services take, also under the longest name that an operator may have', () => {
    const name = '🦄'.repeat(40)
    expect(utf8(JSON.stringify(about('sv', name))).length).toBeLessThan(longestPayload / 4)
  })
})
