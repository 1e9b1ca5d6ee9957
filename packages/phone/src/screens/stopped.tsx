/** The server does not work with this phone any more: which of the reasons it is, and what to do. */
import type { LinkedDevice } from '@countersign/device'
import { useState } from 'preact/hooks'
import { applyUpdate, lookForUpdate } from '../app-update.ts'
import { appVersion } from '../app-version.ts'
import { useWords } from '../language.tsx'
import type { Standing } from '../linked-state.ts'
import { Button, IconButton } from '../parts/button.tsx'
import { Icon } from '../parts/icons.tsx'
import { Notice } from '../parts/notice.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'
import { Support } from '../parts/support.tsx'
import { Brand } from './home.tsx'
import { LogOutDialog } from './log-out.tsx'

interface StoppedProps {
  readonly device: LinkedDevice
  readonly why: Exclude<Standing, 'good'>
  readonly onCheck: () => void
  readonly onLink: () => void
  readonly onLoggedOut: () => void
  readonly onMore: () => void
}

function UpdateButton() {
  const { stopped: words } = useWords()
  const [missing, setMissing] = useState(false)
  const update = async () => {
    setMissing(false)
    if (await lookForUpdate()) applyUpdate()
    else setMissing(true)
  }
  return (
    <>
      {missing ? <Notice kind="warn">{words.updateMissing}</Notice> : null}
      <Button onPress={update}>{words.update}</Button>
    </>
  )
}

function Said({ device, why }: Pick<StoppedProps, 'device' | 'why'>) {
  const { stopped: words } = useWords()
  switch (why) {
    case 'removed':
      return (
        <Outcome kind="warn" icon="phone" title={words.removedTitle}>
          <Text>{words.removed(device.stored.account.email)}</Text>
          <Text>{words.removedDo}</Text>
        </Outcome>
      )
    case 'outdated':
      return (
        <Outcome kind="warn" icon="update" title={words.outdatedTitle}>
          <Text>{words.outdated(appVersion)}</Text>
        </Outcome>
      )
    case 'blocked':
      return (
        <Outcome kind="bad" icon="lock" title={words.blockedTitle}>
          <Text>{words.blocked}</Text>
        </Outcome>
      )
    case 'refused':
      return (
        <Outcome kind="bad" icon="warning" title={words.refusedTitle}>
          <Text>{words.refused}</Text>
        </Outcome>
      )
  }
}

export function StoppedScreen({ device, why, onCheck, onLink, onLoggedOut, onMore }: StoppedProps) {
  const words = useWords()
  const [leaving, setLeaving] = useState(false)
  return (
    <Page
      centred
      start={<Brand />}
      end={
        <IconButton label={words.more} labelled onPress={onMore}>
          <Icon name="more" />
        </IconButton>
      }
      footer={
        <>
          {why === 'outdated' ? <UpdateButton /> : null}
          {why === 'removed' ? <Button onPress={onLink}>{words.stopped.linkAgain}</Button> : null}
          {why === 'blocked' ? <Button onPress={() => setLeaving(true)}>{words.stopped.logOut}</Button> : null}
          <Button kind="second" onPress={onCheck}>
            {words.stopped.checkAgain}
          </Button>
          <Support />
        </>
      }
    >
      <Said device={device} why={why} />
      {leaving ? <LogOutDialog device={device} onCancel={() => setLeaving(false)} onLoggedOut={onLoggedOut} /> : null}
    </Page>
  )
}
