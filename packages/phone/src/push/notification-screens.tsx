/** "Notifieringar": whether this phone is told, and the switch for it. */
import type { LinkedDevice } from '@countersign/device'
import { useState } from 'preact/hooks'
import { useWords } from '../language.tsx'
import { IconButton } from '../parts/button.tsx'
import { Icon } from '../parts/icons.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Support } from '../parts/support.tsx'
import { Title } from '../parts/title.tsx'
import { Way } from '../parts/way.tsx'
import { useBack } from '../use-back.ts'
import styles from './push.module.css'
import type { PushState } from './push-switch.ts'
import { type Push, usePush } from './use-push.ts'
import { usePushWords } from './words.ts'

const isTrouble = (state: PushState | null): boolean =>
  state === 'blocked' || state === 'unavailable' || state === 'unsupported' || state === 'unreached'

/** Of these a private window may be the cause, which no browser tells. */
const isBarred = (state: PushState): boolean =>
  state === 'blocked' || state === 'unavailable' || state === 'unsupported'

function Meaning({ state }: { state: PushState | null }) {
  const words = usePushWords()
  if (state === null) return null
  return (
    <>
      <Notice icon={isTrouble(state) ? 'warning' : 'bell'}>{words.meaning[state]}</Notice>
      {isBarred(state) ? <p class={styles.hint}>{words.inPrivate}</p> : null}
    </>
  )
}

interface ScreenProps {
  readonly push: Push
  readonly onBack: () => void
}

function Overview({ push, onBack, onSettings }: ScreenProps & { onSettings: () => void }) {
  const words = usePushWords()
  const { back } = useWords()
  return (
    <Page
      start={
        <IconButton label={back} onPress={onBack}>
          <Icon name="back" />
        </IconButton>
      }
      footer={isTrouble(push.state) ? <Support /> : undefined}
    >
      <Title>{words.title}</Title>
      <dl class={styles.group}>
        <div class={styles.row}>
          <dt>{words.push}</dt>
          <dd>{push.state === null ? words.checking : words.state[push.state]}</dd>
        </div>
      </dl>
      <Meaning state={push.state} />
      <div class={styles.group}>
        <Way onPress={onSettings}>{words.settings}</Way>
      </div>
    </Page>
  )
}

function SettingsOfPush({ push, onBack }: ScreenProps) {
  const words = usePushWords()
  const { back } = useWords()
  const { state, working, turn } = push
  const isOn = state === 'on'
  const cannot = state === null || state === 'unsupported' || state === 'blocked' || working
  return (
    <Page
      start={
        <IconButton label={back} onPress={onBack}>
          <Icon name="back" />
        </IconButton>
      }
      footer={isTrouble(state) ? <Support /> : undefined}
    >
      <Title>{words.settings}</Title>
      <div class={styles.group}>
        <button
          type="button"
          role="switch"
          class={styles.switch}
          aria-checked={isOn}
          aria-disabled={cannot}
          onClick={() => {
            if (!cannot) turn(!isOn)
          }}
        >
          <span>{words.enable}</span>
          <span class={styles.track} aria-hidden="true" />
        </button>
      </div>
      <p class={styles.hint} role="status">
        {working ? words.checking : words.neutral}
      </p>
      <Meaning state={state} />
    </Page>
  )
}

export function NotificationScreens({ device, onLeave }: { device: LinkedDevice; onLeave: () => void }) {
  const push = usePush(device)
  const [inSettings, setInSettings] = useState(false)
  const leaveSettings = () => setInSettings(false)
  useBack(inSettings ? 'push-settings' : 'notifications', inSettings ? leaveSettings : onLeave)
  return inSettings ? (
    <SettingsOfPush push={push} onBack={leaveSettings} />
  ) : (
    <Overview push={push} onBack={onLeave} onSettings={() => setInSettings(true)} />
  )
}
