/** Why a request is declined. Each answer sends it: one more tap, never two. */
import type { ShownApproval } from '@countersign/device'
import type { DeclineReason } from '@countersign/protocol'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { useWords } from '../language.tsx'
import { Button, IconButton } from '../parts/button.tsx'
import { Icon } from '../parts/icons.tsx'
import { Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'
import { Title } from '../parts/title.tsx'
import { useArming } from '../use-arming.ts'
import styles from './request.module.css'
import { Recap } from './request-recap.tsx'

interface DeclineReasonProps {
  readonly shown: ShownApproval
  readonly end: ComponentChildren
  readonly onBack: () => void
  readonly onChosen: (reason: DeclineReason | null) => void
}

const reasons = ['not-me', 'wrong-details', 'changed-mind'] as const satisfies readonly DeclineReason[]

export function DeclineReasonScreen({ shown, end, onBack, onChosen }: DeclineReasonProps) {
  const words = useWords()
  const reasonButtons = useRef<HTMLDivElement>(null)
  // The second tap of two on "Decline" must not choose a reason that nobody has read.
  const arming = useArming(reasonButtons, reasonButtons)
  return (
    <Page
      start={
        <IconButton label={words.back} onPress={onBack}>
          <Icon name="back" />
        </IconButton>
      }
      end={end}
      footer={
        <div class={styles.reasons} ref={reasonButtons} onPointerDown={arming.onPointerDown}>
          {reasons.map((reason) => (
            <Button key={reason} kind="second" waiting={!arming.armed} onPress={arming.guard(() => onChosen(reason))}>
              {words.reason[reason]}
            </Button>
          ))}
          <Button kind="plain" waiting={!arming.armed} onPress={arming.guard(() => onChosen(null))}>
            {words.reason.none}
          </Button>
        </div>
      }
    >
      <Recap shown={shown} />
      <Title>{words.reason.title}</Title>
      <Text>{words.reason.hint}</Text>
    </Page>
  )
}
