/** The binding `number`: the person picks the number that is on the page, among three. One try, judged by the server. */
import type { ShownApproval } from '@countersign/device'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { useWords } from '../language.tsx'
import { Button, IconButton } from '../parts/button.tsx'
import { Icon } from '../parts/icons.tsx'
import { Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'
import { Title } from '../parts/title.tsx'
import { useArming } from '../use-arming.ts'
import styles from './number.module.css'
import { Recap } from './request-recap.tsx'

interface NumberProps {
  readonly shown: ShownApproval
  readonly end: ComponentChildren
  readonly onBack: () => void
  readonly onPicked: (number: string) => void
  readonly onNone: () => void
}

export function NumberScreen({ shown, end, onBack, onPicked, onNone }: NumberProps) {
  const words = useWords()
  const content = useRef<HTMLDivElement>(null)
  const choices = useRef<HTMLFieldSetElement>(null)
  // A finger that still lies on "Approve" must not pick a number.
  const arming = useArming(content, choices)
  return (
    <Page
      start={
        <IconButton label={words.back} onPress={onBack}>
          <Icon name="back" />
        </IconButton>
      }
      end={end}
      footer={
        <Button kind="plain" onPress={onNone}>
          {words.number.none}
        </Button>
      }
    >
      <div class={styles.question} ref={content}>
        <Recap shown={shown} />
        <Title>{words.number.title}</Title>
        <Text>{words.number.hint}</Text>
      </div>
      <fieldset
        class={styles.choices}
        aria-label={words.number.choices}
        ref={choices}
        onPointerDown={arming.onPointerDown}
      >
        {(shown.numbers ?? []).map((number) => (
          <button
            key={number}
            type="button"
            class={styles.choice}
            aria-disabled={!arming.armed}
            onClick={arming.guard(() => onPicked(number))}
          >
            {number}
          </button>
        ))}
      </fieldset>
    </Page>
  )
}
