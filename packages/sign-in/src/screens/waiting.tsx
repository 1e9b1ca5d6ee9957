/** The phone is asked; the page waits and goes on by itself. */
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { CountdownRing } from '../parts/countdown-ring.tsx'
import { Heading } from '../parts/heading.tsx'
import { TroubleNotice } from '../parts/notice.tsx'
import { useSecondsLeft } from '../parts/use-seconds-left.ts'
import { useUi } from '../ui.tsx'
import type { ScreenProps } from './screen-props.ts'
import classes from './screens.module.css'

export function Waiting({
  page,
  state,
  commands,
  onOverdue,
}: ScreenProps<'waiting'> & { onOverdue: () => void }): ReactNode {
  const { words, brand } = useUi()
  const seconds = useSecondsLeft(state.expires, page.clockOffset, onOverdue)
  return (
    <div className={classes.stack}>
      <Heading title={words.openOn(brand.name, state.device)} lead={words.whatToDo(state.application)} />
      {state.number !== null && (
        <div className={classes.number}>
          <span>{words.pickNumber}</span>
          <strong>{state.number}</strong>
        </div>
      )}
      <div className={classes.centred}>
        <CountdownRing seconds={seconds} size={state.number === null ? 'large' : 'small'} />
      </div>
      <p className={classes.goesOn}>{words.goesOn}</p>
      <TroubleNotice trouble={page.trouble} />
      <div className={classes.actions}>
        <Button variant="default" size="md" fullWidth onClick={commands.goOffline} loading={page.busy === 'offline'}>
          {words.noPush}
        </Button>
        <Button variant="subtle" size="md" fullWidth onClick={commands.cancel} loading={page.busy === 'cancel'}>
          {words.cancel}
        </Button>
      </div>
    </div>
  )
}
