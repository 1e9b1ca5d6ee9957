/** Asks before logging out, and says what was and was not done. */
import type { LinkedDevice } from '@countersign/device'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useWords } from '../language.tsx'
import { type LogOutOutcome, logOut } from '../log-out.ts'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { Support } from '../parts/support.tsx'
import type { Words } from '../words.ts'
import styles from './settings.module.css'

interface LogOutProps {
  readonly device: LinkedDevice
  readonly onCancel: () => void
  readonly onLoggedOut: () => void
}

type Failure = Exclude<LogOutOutcome, 'done'>

function sayFailure(failure: Failure, { settings: words }: Words): { title: string; text: string } {
  switch (failure) {
    case 'no-network':
      return { title: words.notRemoved, text: words.notRemovedNetwork }
    case 'server-refused':
      return { title: words.notRemoved, text: words.notRemovedServer }
    case 'not-erased':
      return { title: words.notErasedTitle, text: words.notErased }
  }
}

export function LogOutDialog({ device, onCancel, onLoggedOut }: LogOutProps) {
  const words = useWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const [working, setWorking] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  useEffect(() => dialog.current?.showModal(), [])

  const leave = async () => {
    setWorking(true)
    const outcome = await logOut(device)
    setWorking(false)
    if (outcome === 'done') onLoggedOut()
    else setFailure(outcome)
  }
  const said = failure === null ? null : sayFailure(failure, words)
  return (
    <dialog
      ref={dialog}
      class={styles.dialog}
      aria-labelledby="log-out-title"
      onCancel={(event) => {
        event.preventDefault()
        if (!working) onCancel()
      }}
    >
      <div class={styles.dialogContent}>
        <h2 id="log-out-title">{words.settings.logOutTitle}</h2>
        {said === null ? (
          <p>{words.settings.logOutMeans}</p>
        ) : (
          <>
            <Notice kind="bad" icon="warning" title={said.title}>
              {said.text}
            </Notice>
            <Support />
          </>
        )}
        <div class={styles.dialogButtons}>
          <Button kind="second" waiting={working} onPress={onCancel}>
            {words.cancel}
          </Button>
          <Button kind="bad" waiting={working} onPress={leave}>
            {working ? words.settings.loggingOut : failure === null ? words.settings.logOut : words.retry}
          </Button>
        </div>
      </div>
    </dialog>
  )
}
