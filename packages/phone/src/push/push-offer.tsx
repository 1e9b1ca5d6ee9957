/**
 * Asked at the end of linking, with the reason before the browser's own question. Skipped where there is no push to be had;
 * where they turn out not to work, that is said, and linking goes on.
 */
import type { LinkedDevice } from '@countersign/device'
import { useState } from 'preact/hooks'
import { Button } from '../parts/button.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'
import { Working } from '../parts/working.tsx'
import { isPushSupported, type PushState, turnPushOn } from './push-switch.ts'
import { usePushWords } from './words.ts'

/** They did not get on, for another reason than that the person said no. */
type Trouble = Exclude<PushState, 'on' | 'off'>

const troubleIn = (state: PushState): Trouble | null => (state === 'on' || state === 'off' ? null : state)

function NotOn({ why, onDone }: { why: Trouble; onDone: () => void }) {
  const { offer, meaning } = usePushWords()
  return (
    <Page centred footer={<Button onPress={onDone}>{offer.goOn}</Button>}>
      <Outcome kind="warn" icon="bell" title={offer.notOn}>
        <Text>{meaning[why]}</Text>
        <Text>{offer.linkedAllTheSame}</Text>
      </Outcome>
    </Page>
  )
}

/** Whether there is anything to ask: pushes exist here, and the person has not said no to the browser before. */
export const mayOfferPush = (): boolean => isPushSupported() && Notification.permission !== 'denied'

export function PushOffer({ device, onDone }: { device: LinkedDevice; onDone: () => void }) {
  const words = usePushWords().offer
  const { enable } = usePushWords()
  const [working, setWorking] = useState(false)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const accept = () => {
    // The browser's question must follow the tap at once.
    const turning = turnPushOn(device)
    setWorking(true)
    void turning
      .catch((): PushState => 'unavailable')
      .then((state) => {
        const why = troubleIn(state)
        if (why === null) onDone()
        else setTrouble(why)
      })
  }
  if (trouble !== null) return <NotOn why={trouble} onDone={onDone} />
  if (working) return <Working title={words.working} />
  return (
    <Page
      centred
      footer={
        <>
          <Button onPress={accept}>{enable}</Button>
          <Button kind="plain" onPress={onDone}>
            {words.later}
          </Button>
        </>
      }
    >
      <Outcome kind="calm" icon="bell" title={words.title}>
        <Text>{words.text}</Text>
      </Outcome>
    </Page>
  )
}
