/** Asked at the end of linking, with the reason before the browser's own question. Skipped where there is no push to be had. */
import type { LinkedDevice } from '@countersign/device'
import { useState } from 'preact/hooks'
import { Button } from '../parts/button.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'
import { Working } from '../parts/working.tsx'
import { isPushSupported, turnPushOn } from './push-switch.ts'
import { usePushWords } from './words.ts'

/** Whether there is anything to ask: pushes exist here, and the person has not said no to the browser before. */
export const mayOfferPush = (): boolean => isPushSupported() && Notification.permission !== 'denied'

export function PushOffer({ device, onDone }: { device: LinkedDevice; onDone: () => void }) {
  const words = usePushWords().offer
  const { enable } = usePushWords()
  const [working, setWorking] = useState(false)
  const accept = () => {
    // The browser's question must follow the tap at once.
    const turning = turnPushOn(device)
    setWorking(true)
    // However it ends, this phone is linked; "Notifieringar" says how it stands.
    void turning.catch(() => undefined).then(onDone)
  }
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
