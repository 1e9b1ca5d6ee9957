/** The picture of the start page: sky, sun, sea, sand. */
import type { ReactNode } from 'react'
import classes from './parts.module.css'

export function Shore(): ReactNode {
  return (
    <svg className={classes.shore} viewBox="0 0 480 360" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
      <rect className={classes.sky} width="480" height="360" />
      <circle className={classes.sun} cx="338" cy="128" r="46" />
      <path className={classes.far} d="M0 206c40-14 80-14 120 0s80 14 120 0 80-14 120 0 80 14 120 0v154H0z" />
      <path className={classes.near} d="M0 244c48-16 96-16 144 0s96 16 144 0 96-16 144 0 48 8 48 8v116H0z" />
      <path className={classes.sand} d="M0 330c80-34 170-42 262-26s150 22 218 4v52H0z" />
    </svg>
  )
}
