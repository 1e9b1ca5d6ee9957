/** Asking for six digits: the same screen for approving, for an offline code, and for choosing a passcode. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useWords } from '../language.tsx'
import { Button, IconButton } from '../parts/button.tsx'
import { Icon } from '../parts/icons.tsx'
import { Keypad } from '../parts/keypad.tsx'
import { Page } from '../parts/page.tsx'
import { Support } from '../parts/support.tsx'
import { Title } from '../parts/title.tsx'
import { isComplete } from '../passcode-entry.ts'
import styles from './passcode.module.css'

interface PasscodeProps {
  readonly title: string
  /** What the button does with the digits. */
  readonly action: string
  readonly hint?: string
  /** Why the digits before these were not taken. Give the screen another `key` then, so that it starts empty. */
  readonly wrong?: string | null
  readonly end?: ComponentChildren
  /** What the passcode is for. */
  readonly about?: ComponentChildren
  readonly onBack: () => void
  readonly onEntered: (passcode: string) => void
  /** The way back to fingerprint or face, where there is one. */
  readonly onUnlock?: (() => void) | null
}

export function PasscodeScreen({
  title,
  action,
  hint = '',
  wrong = null,
  end,
  about,
  onBack,
  onEntered,
  onUnlock = null,
}: PasscodeProps) {
  const words = useWords()
  const [entered, setEntered] = useState('')
  const confirm = () => {
    if (isComplete(entered)) onEntered(entered)
  }
  return (
    <Page
      start={
        <IconButton label={words.back} onPress={onBack}>
          <Icon name="back" />
        </IconButton>
      }
      end={end}
      footer={
        <>
          <Button waiting={!isComplete(entered)} onPress={confirm}>
            {action}
          </Button>
          {wrong === null ? null : <Support />}
        </>
      }
    >
      <div class={styles.content}>
        <div class={styles.top}>
          {about}
          <Title>{title}</Title>
          <p
            class={wrong === null ? styles.message : `${styles.message} ${styles.wrong}`}
            role={wrong === null ? undefined : 'alert'}
          >
            {wrong ?? hint}
          </p>
        </div>
        <Keypad
          entered={entered}
          onChange={setEntered}
          onConfirm={confirm}
          wrong={wrong !== null}
          onUnlock={onUnlock}
        />
      </div>
    </Page>
  )
}
