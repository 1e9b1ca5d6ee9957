/** How a sign-in ends: what happened, what was not done, and what to do now. */
import { Button, Loader } from '@mantine/core'
import type { ReactNode } from 'react'
import { Heading } from '../parts/heading.tsx'
import { TroubleNotice } from '../parts/notice.tsx'
import { useUi } from '../ui.tsx'
import type { WayBack } from '../way-back.ts'
import type { ScreenProps } from './screen-props.ts'
import classes from './screens.module.css'

const signs = {
  good: 'M5 12.5l4.5 4.5L19 7.5',
  bad: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  calm: 'M12 6.5v6.5M12 17.2v.1',
} as const

interface OutcomeProps {
  readonly tone: keyof typeof signs
  readonly title: string
  readonly text: string
  readonly children?: ReactNode
}

export function Outcome({ tone, title, text, children }: OutcomeProps): ReactNode {
  return (
    <div className={classes.stack}>
      <div className={classes.outcome}>
        <span className={classes.badge} data-tone={tone}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d={signs[tone]} />
          </svg>
        </span>
        <Heading title={title} lead={text} />
      </div>
      {children}
    </div>
  )
}

type EndedStep = 'declined' | 'expired' | 'wrong-number' | 'codes-spent' | 'sms-spent' | 'blocked' | 'cancelled'

interface WaysProps extends ScreenProps<EndedStep> {
  /** What "try again" does; null where the only way is back. */
  readonly again: (() => void) | null
}

function Ways({ page, state, commands, again }: WaysProps): ReactNode {
  const { words } = useUi()
  return (
    <>
      <TroubleNotice trouble={page.trouble} />
      <div className={classes.actions}>
        {again !== null && (
          <Button size="md" fullWidth onClick={again} loading={page.busy === 'restart'}>
            {words.tryAgain}
          </Button>
        )}
        <Button
          variant={again === null ? 'filled' : 'subtle'}
          size="md"
          fullWidth
          onClick={commands.cancel}
          loading={page.busy === 'cancel' || page.leaving}
        >
          {words.backTo(state.application)}
        </Button>
      </div>
    </>
  )
}

export function Approved({ application }: { application: string }): ReactNode {
  const { words } = useUi()
  return (
    <Outcome tone="good" title={words.approved} text={words.approvedText(application)}>
      <div className={classes.centred}>
        <Loader size="sm" aria-hidden="true" />
      </div>
    </Outcome>
  )
}

export function Declined(props: ScreenProps<'declined'>): ReactNode {
  const { words } = useUi()
  const { reason, support_email: support } = props.state
  const foreign = reason === 'not-me'
  return (
    <Outcome
      tone="bad"
      title={words.declined[reason ?? 'unsaid']}
      text={foreign ? words.notMeText(support) : words.declinedText}
    >
      <Ways {...props} again={foreign ? null : props.commands.beginAgain} />
    </Outcome>
  )
}

export function Expired(props: ScreenProps<'expired'>): ReactNode {
  const { words } = useUi()
  return (
    <Outcome tone="calm" title={words.expired} text={words.expiredText}>
      <Ways {...props} again={props.commands.restart} />
    </Outcome>
  )
}

export function WrongNumber(props: ScreenProps<'wrong-number'>): ReactNode {
  const { words } = useUi()
  return (
    <Outcome tone="bad" title={words.wrongNumber} text={words.wrongNumberText(props.state.support_email)}>
      <Ways {...props} again={props.commands.beginAgain} />
    </Outcome>
  )
}

export function CodesSpent(props: ScreenProps<'codes-spent'>): ReactNode {
  const { words } = useUi()
  return (
    <Outcome tone="bad" title={words.codesSpent} text={words.codesSpentText}>
      <Ways {...props} again={props.commands.beginAgain} />
    </Outcome>
  )
}

export function SmsSpent(props: ScreenProps<'sms-spent'>): ReactNode {
  const { words } = useUi()
  return (
    <Outcome tone="bad" title={words.codesSpent} text={words.smsSpentText}>
      <Ways {...props} again={props.commands.beginAgain} />
    </Outcome>
  )
}

/** The phone has spent its tries at the passcode. */
export function Blocked(props: ScreenProps<'blocked'>): ReactNode {
  const { words, brand } = useUi()
  const { device, support_email: support } = props.state
  return (
    <Outcome tone="bad" title={words.blocked} text={words.blockedText(device)}>
      <ol className={classes.steps}>
        <li>{words.blockedLogOut(brand.name)}</li>
        <li>{words.blockedLink}</li>
        <li>{words.blockedReturn}</li>
      </ol>
      <p className={classes.quiet}>{words.blockedForeign(support)}</p>
      <Ways {...props} again={props.commands.restart} />
    </Outcome>
  )
}

export function Cancelled(props: ScreenProps<'cancelled'>): ReactNode {
  const { words } = useUi()
  return (
    <Outcome tone="calm" title={words.cancelled} text={words.cancelledText}>
      <Ways {...props} again={null} />
    </Outcome>
  )
}

/** Only the application can begin a new sign-in; what is left is the way there, where this window knows it. */
export function Ended({ wayBack }: { wayBack: WayBack | null }): ReactNode {
  const { words } = useUi()
  return (
    <Outcome tone="calm" title={words.ended} text={words.endedText}>
      {wayBack !== null && (
        <div className={classes.actions}>
          <Button component="a" href={wayBack.url} size="md" fullWidth>
            {words.backTo(wayBack.application)}
          </Button>
        </div>
      )}
    </Outcome>
  )
}
