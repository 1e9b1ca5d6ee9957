/** A countdown: a ring that empties, and the time in figures. */
import { asClock, isSpoken, partLeft } from '../countdown.ts'
import styles from './ring.module.css'
import { Spoken } from './spoken.tsx'

interface RingProps {
  readonly seconds: number
  /** How many seconds the full ring is. */
  readonly whole: number
  /** What the figures mean, in words. */
  readonly label: (seconds: number) => string
  readonly large?: boolean
  /** For the eye alone, where many count down at once. */
  readonly silent?: boolean
}

const around = 100
const shortly = 15

export function Ring({ seconds, whole, label, large = false, silent = false }: RingProps) {
  const classes = [styles.ring, large ? styles.large : '', seconds <= shortly ? styles.short : ''].join(' ')
  return (
    <div class={classes} aria-hidden={silent ? true : undefined}>
      <svg viewBox="0 0 36 36" fill="none" stroke-width="2.6" stroke-linecap="round" aria-hidden="true">
        <circle class={styles.track} cx="18" cy="18" r="15.9155" />
        <circle
          class={styles.rest}
          cx="18"
          cy="18"
          r="15.9155"
          stroke-dasharray={around}
          stroke-dashoffset={around * (1 - partLeft(seconds, whole))}
        />
      </svg>
      <span class={styles.figures} role="timer" aria-label={label(seconds)}>
        {asClock(seconds)}
      </span>
      {silent ? null : <Spoken live="polite">{isSpoken(seconds) ? label(seconds) : ''}</Spoken>}
    </div>
  )
}
