/**
 * The first screen: open, without a passcode. What waits, and "Autentisera" ("Autentisering"
 * where fingerprint or face is on). Without network nothing but that.
 *
 * Several requests are listed, the oldest first, and none is picked by itself.
 */
import type { ShownApproval } from '@countersign/device'
import type { ApprovalId } from '@countersign/protocol'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { useLanguage, useWords } from '../language.tsx'
import { Button, IconButton } from '../parts/button.tsx'
import { Icon, Mark } from '../parts/icons.tsx'
import { Notice } from '../parts/notice.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'
import { Support, useServer } from '../parts/support.tsx'
import { Title } from '../parts/title.tsx'
import { useArming } from '../use-arming.ts'
import styles from './home.module.css'
import { Countdown } from './request-countdown.tsx'

export const Brand = () => (
  <div class={styles.brand}>
    <Mark />
    {useServer()?.name ?? 'Countersign'}
  </div>
)

interface HomeProps {
  readonly network: 'unknown' | 'reached' | 'unreached'
  readonly approvals: readonly ShownApproval[] | null
  readonly refusedSome: boolean
  readonly serverNow: () => number
  readonly update: ComponentChildren
  /** Whether fingerprint or face is on. */
  readonly biometrics: boolean
  readonly onOpen: (approval: ApprovalId) => void
  readonly onEnd: (approval: ApprovalId) => void
  readonly onAuthenticate: () => void
  readonly onMore: () => void
}

type ListProps = Pick<HomeProps, 'serverNow' | 'onOpen' | 'onEnd'> & { readonly approvals: readonly ShownApproval[] }

/** What tells requests of one headline apart: when each was asked, and from where, as its document says. */
function Origin({ shown: { document } }: { shown: ShownApproval }) {
  const { words, locale } = useLanguage()
  const { browser, place } = document.context
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23' }).format(
    new Date(document.issued),
  )
  return (
    <>
      <span class={styles.origin}>{words.home.asked(time)}</span>
      {[browser, place].map((each) =>
        each === null ? null : (
          <span class={styles.origin} key={each} lang={document.locale}>
            {each}
          </span>
        ),
      )}
    </>
  )
}

function WaitingList({ approvals, serverNow, onOpen, onEnd }: ListProps) {
  const list = useRef<HTMLUListElement>(null)
  const arming = useArming(list, list)
  return (
    <ul class={styles.list} ref={list} onPointerDown={arming.onPointerDown}>
      {approvals.map((shown) => (
        <li key={shown.approval}>
          <button
            type="button"
            class={styles.item}
            aria-disabled={!arming.armed}
            onClick={arming.guard(() => onOpen(shown.approval))}
          >
            <span>
              <span class={styles.application}>{shown.document.application.name}</span>
              <span class={styles.headline} lang={shown.document.locale}>
                {shown.document.headline}
              </span>
              <Origin shown={shown} />
            </span>
            <Countdown shown={shown} serverNow={serverNow} onEnd={() => onEnd(shown.approval)} silent />
          </button>
        </li>
      ))}
    </ul>
  )
}

function Waiting(props: HomeProps) {
  const words = useWords().home
  const { network, approvals, refusedSome } = props
  if (network === 'unreached') {
    return (
      <Outcome kind="warn" icon="unplugged" title={words.offline}>
        <Text>{words.offlineHint}</Text>
      </Outcome>
    )
  }
  if (approvals === null) {
    return <Outcome kind="calm" icon="update" title={words.checking} />
  }
  const refused = refusedSome ? (
    <Notice kind="bad" icon="warning" title={words.refused}>
      {words.refusedHint}
    </Notice>
  ) : null
  if (approvals.length === 0) {
    return (
      <>
        <Outcome kind="calm" icon="inbox" title={words.none}>
          <Text>{words.noneHint}</Text>
        </Outcome>
        {refused}
      </>
    )
  }
  return (
    <>
      <div class={styles.heading}>
        <Title>{words.waiting(approvals.length)}</Title>
        <Text>{words.waitingHint}</Text>
      </div>
      {/* Another list is another thing to read before it takes a tap. */}
      <WaitingList key={approvals.map(({ approval }) => approval).join(' ')} {...props} approvals={approvals} />
      {refused}
    </>
  )
}

export function HomeScreen(props: HomeProps) {
  const words = useWords()
  const listed = props.network !== 'unreached' && props.approvals !== null && props.approvals.length > 0
  return (
    <Page
      centred={!listed}
      start={<Brand />}
      end={
        <IconButton label={words.more} labelled onPress={props.onMore}>
          <Icon name="more" />
        </IconButton>
      }
      footer={
        <>
          {props.update}
          <Button kind={listed ? 'second' : 'main'} onPress={props.onAuthenticate}>
            <Icon name="code" />
            {props.biometrics ? words.authenticateByBiometrics : words.authenticate}
          </Button>
          <p class={styles.hint}>{words.home.authenticateHint}</p>
          {props.network === 'unreached' ? <Support /> : null}
        </>
      }
    >
      <Waiting {...props} />
    </Page>
  )
}
