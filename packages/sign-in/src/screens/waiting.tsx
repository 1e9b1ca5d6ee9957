/** The phone is asked; the page waits and goes on by itself. */
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { CountdownRing } from '../parts/countdown-ring.tsx'
import { Heading } from '../parts/heading.tsx'
import { Notice, TroubleNotice } from '../parts/notice.tsx'
import { useOverdue, useSecondsLeft } from '../parts/use-seconds-left.ts'
import { useUi } from '../ui.tsx'
import type { ScreenProps } from './screen-props.ts'
import classes from './screens.module.css'

type State = ScreenProps<'waiting'>['state']

/** What became of the push, where there is one, or that the open app has the request. One line that changes its words and not its place. */
function PushLine({ push, device }: Pick<State, 'push' | 'device'>): ReactNode {
  const { words } = useUi()
  if (push === 'none') return null
  if (push === 'failed') return <Notice>{words.pushFailed(device)}</Notice>
  return (
    <p className={classes.goesOn} role="status">
      {words.push[push](device)}
    </p>
  )
}

export function Waiting({
  page,
  state,
  commands,
  onOverdue,
}: ScreenProps<'waiting'> & { onOverdue: () => void }): ReactNode {
  const { words, brand } = useUi()
  const seconds = useSecondsLeft(state.expires, page.clockOffset)
  useOverdue(seconds, onOverdue)
  const { push, device } = state
  // Where nothing arrives by itself, the person is told to look.
  const arrives = push !== 'none' && push !== 'failed' && push !== 'withheld'
  return (
    <div className={classes.stack}>
      <Heading
        title={arrives ? words.approveOn(device) : words.openOn(brand.name, device)}
        lead={words.whatToDo(state.application, state.browser)}
      />
      {state.number !== null && (
        <div className={classes.number}>
          <span>{words.pickNumber}</span>
          <strong>{state.number}</strong>
        </div>
      )}
      <div className={classes.centred}>
        <CountdownRing seconds={seconds} size={state.number === null ? 'large' : 'small'} />
      </div>
      <PushLine push={push} device={device} />
      <p className={classes.goesOn}>{words.goesOn}</p>
      <TroubleNotice trouble={page.trouble} />
      <div className={classes.actions}>
        <Button
          variant={push === 'failed' ? 'filled' : 'default'}
          size="md"
          fullWidth
          onClick={commands.goOffline}
          loading={page.busy === 'offline'}
        >
          {words.noPush}
        </Button>
        {arrives && push !== 'in-app' && (
          <Button variant="subtle" size="md" fullWidth onClick={commands.wake} loading={page.busy === 'wake'}>
            {words.pushAgain}
          </Button>
        )}
        <Button variant="subtle" size="md" fullWidth onClick={commands.cancel} loading={page.busy === 'cancel'}>
          {words.cancel}
        </Button>
      </div>
    </div>
  )
}
