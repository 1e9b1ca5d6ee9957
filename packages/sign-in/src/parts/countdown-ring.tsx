/** The time that remains, as a ring and in figures. */
import type { ReactNode } from 'react'
import { asClock, partLeft, roundSeconds } from '../countdown.ts'
import { useUi } from '../ui.tsx'
import classes from './countdown-ring.module.css'

const radius = 46
const circumference = 2 * Math.PI * radius

interface CountdownRingProps {
  readonly seconds: number
  readonly size: 'large' | 'small'
  /** How many seconds the full ring is. */
  readonly whole?: number
}

export function CountdownRing({ seconds, size, whole = roundSeconds }: CountdownRingProps): ReactNode {
  const { words } = useUi()
  return (
    <div
      className={classes.ring}
      data-size={size}
      data-late={seconds <= 10}
      role="timer"
      aria-label={words.secondsLeft(seconds)}
    >
      <svg viewBox="0 0 100 100" aria-hidden="true">
        <circle className={classes.track} cx="50" cy="50" r={radius} />
        <circle
          className={classes.rest}
          cx="50"
          cy="50"
          r={radius}
          strokeDasharray={circumference}
          strokeDashoffset={circumference * (1 - partLeft(seconds, whole))}
        />
      </svg>
      <span className={classes.figures} aria-hidden="true">
        <span className={classes.number}>{asClock(seconds)}</span>
      </span>
    </div>
  )
}
