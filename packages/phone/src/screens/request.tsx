/**
 * What is asked, exactly as the server signed it, and the two answers.
 *
 * Declining stands first and is of equal size; nothing has the focus; no press counts in the first half second; nothing
 * is approved before its last line was on the screen.
 */
import type { ShownApproval } from '@countersign/device'
import { useEffect, useRef } from 'preact/hooks'
import { useWords } from '../language.tsx'
import { Button, IconButton } from '../parts/button.tsx'
import { Icon } from '../parts/icons.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { useArming } from '../use-arming.ts'
import { useSeen } from '../use-seen.ts'
import styles from './request.module.css'
import { Countdown } from './request-countdown.tsx'

interface RequestProps {
  readonly shown: ShownApproval
  readonly changed: boolean
  readonly others: number
  /** Whether the server could not be reached when it was last asked. */
  readonly unreached: boolean
  /** Whether fingerprint or face is on. */
  readonly biometrics: boolean
  readonly serverNow: () => number
  readonly onEnd: () => void
  readonly onLeave: () => void
  /** The way that needs no network. */
  readonly onAuthenticate: () => void
  readonly onApprove: () => void
  readonly onDecline: () => void
}

function Application({ name }: { name: string }) {
  const words = useWords().request
  return (
    <div class={styles.application}>
      <span class={styles.monogram} aria-hidden="true">
        {Array.from(name)[0]?.toLocaleUpperCase()}
      </span>
      <div>
        <p class={styles.from}>{words.from}</p>
        <p class={styles.name}>{name}</p>
      </div>
    </div>
  )
}

export function RequestScreen(props: RequestProps) {
  const { shown, changed, others, unreached, serverNow, onEnd, onLeave, onApprove, onDecline } = props
  const { document: asked } = shown
  const words = useWords()
  const content = useRef<HTMLDivElement>(null)
  const buttons = useRef<HTMLDivElement>(null)
  const end = useRef<HTMLDivElement>(null)
  const arming = useArming(content, buttons)
  const seen = useSeen(end)
  useEffect(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  }, [])
  return (
    <Page
      long
      start={
        <IconButton label={words.back} onPress={onLeave}>
          <Icon name="back" />
        </IconButton>
      }
      end={<Countdown shown={shown} serverNow={serverNow} onEnd={onEnd} />}
      footer={
        <>
          <p class={styles.caution} role="status">
            {unreached ? words.request.unreached : seen ? words.request.caution : words.request.readAll}
          </p>
          <div class={styles.buttons} ref={buttons} onPointerDown={arming.onPointerDown}>
            <Button kind="second" waiting={!arming.armed} onPress={arming.guard(onDecline)}>
              {words.request.decline}
            </Button>
            <Button waiting={!(arming.armed && seen)} onPress={arming.guard(onApprove)}>
              {words.request.approve}
            </Button>
          </div>
          {unreached ? (
            <Button kind="plain" onPress={props.onAuthenticate}>
              <Icon name="code" />
              {props.biometrics ? words.authenticateByBiometrics : words.authenticate}
            </Button>
          ) : null}
        </>
      }
    >
      <div class={styles.content} ref={content}>
        {changed ? (
          <Notice kind="warn" icon="warning">
            {words.request.changed}
          </Notice>
        ) : null}
        <div class={styles.card}>
          <Application name={asked.application.name} />
          <h1 lang={asked.locale}>{asked.headline}</h1>
          {asked.lines.length === 0 ? null : (
            <dl class={styles.lines} lang={asked.locale}>
              {asked.lines.map(({ label, value }, index) => (
                <div class={styles.line} key={`${index} ${label}`}>
                  <dt>{label}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          )}
          <div class={styles.end} ref={end} />
        </div>
        {others === 0 ? null : <p class={styles.caution}>{words.request.others(others)}</p>}
      </div>
    </Page>
  )
}
