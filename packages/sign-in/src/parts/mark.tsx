/** Countersign's mark: one tick, and the second that makes it valid. */
import type { ReactNode } from 'react'
import classes from './mark.module.css'

export function Mark(): ReactNode {
  return (
    <svg className={classes.mark} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path className={classes.first} d="M6.5 17.2l4.6 4.6 9-11.3" />
      <path className={classes.second} d="M13.4 19.6l2.4 2.4 9.7-11.5" />
    </svg>
  )
}
