/** The account has no phone yet: what to do, here and there. */
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { Heading } from '../parts/heading.tsx'
import { TroubleNotice } from '../parts/notice.tsx'
import { useUi } from '../ui.tsx'
import type { ScreenProps } from './screen-props.ts'
import classes from './screens.module.css'

export function NoDevice({ page, state, commands }: ScreenProps<'no-device'>): ReactNode {
  const { words, brand } = useUi()
  return (
    <div className={classes.stack}>
      <Heading title={words.noDevice} lead={words.noDeviceText(brand.name)} />
      <ol className={classes.steps}>
        <li>
          {words.noDeviceOpen}{' '}
          <a className={classes.address} href={state.phone_url} target="_blank" rel="noreferrer">
            {state.phone_url}
          </a>
        </li>
        <li>{words.noDeviceLink}</li>
        <li>{words.noDeviceReturn}</li>
      </ol>
      <TroubleNotice trouble={page.trouble} />
      <div className={classes.actions}>
        <Button size="md" fullWidth onClick={commands.restart} loading={page.busy === 'restart'}>
          {words.tryAgain}
        </Button>
        <Button variant="subtle" size="md" fullWidth onClick={commands.cancel} loading={page.busy === 'cancel'}>
          {words.backTo(state.application)}
        </Button>
      </div>
    </div>
  )
}
