/** Strand's mark: the sun over two waves. */
import type { ReactNode } from 'react'
import classes from './parts.module.css'

export function Mark(): ReactNode {
  return (
    <svg className={classes.mark} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="#14405f" />
      <circle cx="21" cy="11.5" r="4" fill="#f3d9a4" />
      <path d="M4 19.2c3-2.4 6-2.4 9 0s6 2.4 9 0 4-2.2 6-1" stroke="#7fc4e8" />
      <path d="M4 24.4c3-2.4 6-2.4 9 0s6 2.4 9 0 4-2.2 6-1" stroke="#f3d9a4" />
    </svg>
  )
}
