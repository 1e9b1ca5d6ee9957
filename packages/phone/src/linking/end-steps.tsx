/** How linking ends, or where it got stuck. */
import type { StoredDevice } from '@countersign/device'
import { useState } from 'preact/hooks'
import { useWords } from '../language.tsx'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'
import { Support } from '../parts/support.tsx'
import { mayOfferPush, PushOffer } from '../push/push-offer.tsx'
import { putToWork } from '../put-to-work.ts'
import type { LinkingStep } from './linking-state.ts'
import { useLinkingWords } from './words.ts'

export function UnfinishedStep({
  why,
  onRetry,
  onLeave,
}: {
  why: 'network' | 'busy' | 'fault'
  onRetry: () => void
  onLeave: () => void
}) {
  const words = useLinkingWords()
  const { retry, cancel } = useWords()
  return (
    <Page
      centred
      footer={
        <>
          <Button onPress={onRetry}>{retry}</Button>
          <Button kind="plain" onPress={onLeave}>
            {cancel}
          </Button>
          <Support />
        </>
      }
    >
      <Outcome kind="warn" icon="unplugged" title={words.unfinished.title}>
        <Text>{words.unfinished[why]}</Text>
      </Outcome>
    </Page>
  )
}

export function UnkeptStep({ onRetry, onLeave }: { onRetry: () => void; onLeave: () => void }) {
  const words = useLinkingWords()
  const { retry, cancel } = useWords()
  return (
    <Page
      centred
      footer={
        <>
          <Button onPress={onRetry}>{retry}</Button>
          <Button kind="plain" onPress={onLeave}>
            {cancel}
          </Button>
          <Support />
        </>
      }
    >
      <Outcome kind="bad" icon="storage" title={words.unkept.title}>
        <Text>{words.unkept.text}</Text>
      </Outcome>
    </Page>
  )
}

export function StoppedStep({
  why,
  onAgain,
  onLeave,
}: Pick<Extract<LinkingStep, { step: 'stopped' }>, 'why'> & { onAgain: () => void; onLeave: () => void }) {
  const words = useLinkingWords()
  const { back } = useWords()
  const { title, text } = words.stopped[why]
  return (
    <Page
      centred
      footer={
        <>
          {why === 'link_expired' ? <Button onPress={onAgain}>{words.again}</Button> : null}
          <Button kind="second" onPress={onLeave}>
            {back}
          </Button>
          <Support />
        </>
      }
    >
      <Outcome kind="warn" icon={why === 'link_expired' ? 'clock' : 'warning'} title={title}>
        <Text>{text}</Text>
      </Outcome>
    </Page>
  )
}

const isInstalled = () => matchMedia('(display-mode: standalone)').matches

interface DoneProps {
  readonly stored: StoredDevice
  /** Fingerprint or face was wanted, and is not to be had on this phone. */
  readonly missing: boolean
  readonly onOpen: () => void
}

export function DoneStep({ stored, missing, onOpen }: DoneProps) {
  const { done: words } = useLinkingWords()
  const [offering, setOffering] = useState(mayOfferPush)
  // The last question comes before the screen that says that all is done.
  if (offering) return <PushOffer device={putToWork(stored)} onDone={() => setOffering(false)} />
  return (
    <Page centred footer={<Button onPress={onOpen}>{words.open}</Button>}>
      <Outcome kind="good" icon="check" title={words.title}>
        <Text>{stored.biometricLock === null ? words.text(stored.name) : words.textBiometrics(stored.name)}</Text>
        {missing ? <Notice icon="lock">{words.missing}</Notice> : null}
        {missing || isInstalled() ? null : <Notice icon="phone">{words.install}</Notice>}
      </Outcome>
    </Page>
  )
}
