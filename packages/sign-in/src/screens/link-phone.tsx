/** The SMS code was right: how to link a phone, and the way on, with one or without. */
import { Button, Loader } from '@mantine/core'
import type { ReactNode } from 'react'
import { Heading } from '../parts/heading.tsx'
import { TroubleNotice } from '../parts/notice.tsx'
import codeClasses from '../parts/qr-code.module.css'
import { QrCode } from '../parts/qr-code.tsx'
import { useUi } from '../ui.tsx'
import { Outcome } from './outcomes.tsx'
import type { ScreenProps } from './screen-props.ts'
import classes from './screens.module.css'

type LinkPhoneProps = ScreenProps<'link-phone'>

function GoOn({ page, state, commands }: LinkPhoneProps): ReactNode {
  const { words } = useUi()
  return (
    <>
      <TroubleNotice trouble={page.trouble} />
      <div className={classes.actions}>
        <Button
          variant={state.device === null ? 'default' : 'filled'}
          size="md"
          fullWidth
          onClick={commands.finish}
          loading={page.busy === 'finish' || page.leaving}
        >
          {words.continueTo(state.application)}
        </Button>
        {state.device === null && (
          <Button variant="subtle" size="md" fullWidth onClick={commands.cancel} loading={page.busy === 'cancel'}>
            {words.cancel}
          </Button>
        )}
      </div>
    </>
  )
}

function HowToLink({ phoneUrl }: { phoneUrl: string }): ReactNode {
  const { words } = useUi()
  return (
    <>
      <Heading title={words.linkPhone} lead={words.linkPhoneLead} />
      <QrCode text={phoneUrl} label={words.linkPhoneQr} />
      <ol className={classes.steps}>
        <li>
          <span className={codeClasses.withCode}>{words.linkPhoneScan} </span>
          <span className={codeClasses.withoutCode}>{words.linkPhoneOpen} </span>
          <a className={classes.address} href={phoneUrl} target="_blank" rel="noreferrer">
            {phoneUrl}
          </a>
        </li>
        <li>{words.linkPhoneSignIn}</li>
        <li>{words.linkPhoneSteps}</li>
      </ol>
      <p className={classes.waits}>
        <Loader size="xs" aria-hidden="true" />
        {words.linkPhoneWaits}
      </p>
    </>
  )
}

export function LinkPhone(props: LinkPhoneProps): ReactNode {
  const { words } = useUi()
  const { device, phone_url: phoneUrl } = props.state
  if (device !== null) {
    return (
      <Outcome tone="good" title={words.phoneLinked} text={words.phoneLinkedText(device)}>
        <GoOn {...props} />
      </Outcome>
    )
  }
  return (
    <div className={classes.stack}>
      <HowToLink phoneUrl={phoneUrl} />
      <GoOn {...props} />
    </div>
  )
}
