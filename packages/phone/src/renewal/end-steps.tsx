/** How a change ends: done, not done, or not known. */
import type { ComponentChildren } from 'preact'
import { useWords } from '../language.tsx'
import type { Change } from '../linked-state.ts'
import { Button } from '../parts/button.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'
import { Support } from '../parts/support.tsx'
import type { RenewalStop, Unanswered } from './renewal-state.ts'
import { useRenewalWords } from './words.ts'

interface EndProps {
  readonly onRetry: () => void
  readonly onLeave: () => void
}

export function UnchangedStep({ why, onRetry, onLeave }: EndProps & { why: RenewalStop | Unanswered }) {
  const words = useRenewalWords().unchanged
  const { retry, back } = useWords()
  const helps = why !== 'not_trusted' && why !== 'unavailable'
  return (
    <Page
      centred
      footer={
        <>
          {helps ? <Button onPress={onRetry}>{retry}</Button> : null}
          <Button kind={helps ? 'plain' : 'main'} onPress={onLeave}>
            {back}
          </Button>
          <Support />
        </>
      }
    >
      <Outcome kind="warn" icon={why === 'network' ? 'unplugged' : 'warning'} title={words.title}>
        <Text>{words[why]}</Text>
      </Outcome>
    </Page>
  )
}

export function UnknownStep({ why, onRetry, onLeave }: EndProps & { why: Unanswered }) {
  const words = useRenewalWords().unknown
  const { retry } = useWords()
  return (
    <Page
      centred
      footer={
        <>
          <Button onPress={onRetry}>{retry}</Button>
          <Button kind="plain" onPress={onLeave}>
            {words.leave}
          </Button>
          <Support />
        </>
      }
    >
      <Outcome kind="warn" icon="unplugged" title={words.title}>
        <Text>{words.text[why]}</Text>
        <Text>{words.later}</Text>
      </Outcome>
    </Page>
  )
}

interface DoneProps {
  readonly change: Change
  readonly had: boolean
  /** Whether fingerprint or face is on now. */
  readonly biometrics: boolean
  readonly onDone: () => void
}

function useDoneTexts({ change, had, biometrics }: DoneProps): readonly ComponentChildren[] {
  const words = useRenewalWords().done
  if (change === 'add-biometrics') return [words.addText]
  if (change === 'remove-biometrics') return [words.removeText]
  if (!had) return [words.passcodeText]
  return [words.passcodeText, biometrics ? words.stillOn : words.offNow]
}

export function DoneStep(props: DoneProps) {
  const words = useRenewalWords().done
  const { done } = useWords()
  return (
    <Page centred footer={<Button onPress={props.onDone}>{done}</Button>}>
      <Outcome kind="good" icon="check" title={words[props.change]}>
        {useDoneTexts(props).map((text, index) => (
          <Text key={index}>{text}</Text>
        ))}
      </Outcome>
    </Page>
  )
}
