/** How a request ended. */
import type { ShownApproval } from '@countersign/device'
import { useWords } from '../language.tsx'
import { Button } from '../parts/button.tsx'
import type { IconName } from '../parts/icons.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'
import { Support } from '../parts/support.tsx'
import type { RequestResult } from '../request-state.ts'
import type { Words } from '../words.ts'
import styles from './request.module.css'
import { Recap } from './request-recap.tsx'

interface Said {
  readonly kind: 'good' | 'calm' | 'warn' | 'bad'
  readonly icon: IconName
  readonly title: string
  readonly hint: string
}

function declinedHint(words: Words['result'], result: RequestResult): string {
  if (result.kind !== 'declined' || result.reason === null) return words.declinedHint
  if (result.reason === 'not-me') return `${words.declinedHint} ${words.notMe}`
  return result.reason === 'wrong-details' ? `${words.declinedHint} ${words.wrongDetails}` : words.declinedHint
}

/** What is said of a result. */
function sayResult(result: RequestResult, { result: words }: Words): Said {
  switch (result.kind) {
    case 'approved':
      return { kind: 'good', icon: 'check', title: words.approved, hint: words.approvedHint }
    case 'declined':
      return { kind: 'calm', icon: 'cross', title: words.declined, hint: declinedHint(words, result) }
    case 'wrong-number':
      return { kind: 'bad', icon: 'cross', title: words.wrongNumber, hint: words.wrongNumberHint }
    case 'expired':
      return { kind: 'warn', icon: 'clock', title: words.expired, hint: words.expiredHint }
    case 'gone':
      return { kind: 'calm', icon: 'cross', title: words.gone, hint: words.goneHint }
    case 'conflict':
      return { kind: 'warn', icon: 'warning', title: words.conflict, hint: words.conflictHint }
    case 'replaced':
      return { kind: 'calm', icon: 'update', title: words.replaced, hint: words.replacedHint }
  }
}

interface ResultProps {
  readonly shown: ShownApproval
  readonly result: RequestResult
  /** Other requests that wait meanwhile. */
  readonly others: number
  readonly onDone: () => void
}

export function ResultScreen({ shown, result, others, onDone }: ResultProps) {
  const words = useWords()
  const { kind, icon, title, hint } = sayResult(result, words)
  const mayBeStuck = result.kind !== 'approved' && !(result.kind === 'declined' && result.reason === 'changed-mind')
  return (
    <Page
      centred
      footer={
        <>
          <p class={styles.caution} role="status">
            {others === 0 ? null : words.home.waiting(others)}
          </p>
          <Button onPress={onDone}>{others === 0 ? words.done : words.result.next}</Button>
          {mayBeStuck ? <Support /> : null}
        </>
      }
    >
      <Outcome kind={kind} icon={icon} title={title}>
        <Text>{hint}</Text>
        <Recap shown={shown} />
      </Outcome>
    </Page>
  )
}
