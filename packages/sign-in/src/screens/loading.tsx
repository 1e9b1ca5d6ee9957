/** Before the server has answered for the first time. */
import { Loader } from '@mantine/core'
import type { ReactNode } from 'react'
import { useUi } from '../ui.tsx'
import classes from './screens.module.css'

export function Loading(): ReactNode {
  const { words } = useUi()
  return (
    <div className={classes.spinner}>
      <h1 className={classes.unseen}>{words.loading}</h1>
      <Loader aria-hidden="true" />
    </div>
  )
}
