/** Before login. */
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { Shore } from '../parts/shore.tsx'
import { useTitle } from '../parts/use-title.ts'
import { useUi } from '../ui.ts'
import classes from './screens.module.css'

export function Welcome(): ReactNode {
  const { words, locale } = useUi()
  useTitle(words.logIn)
  return (
    <div className={classes.welcome}>
      <div className={classes.pitch}>
        <h1 className={classes.slogan}>{words.welcome}</h1>
        <p className={classes.lead}>{words.welcomeText}</p>
        <Button component="a" href={`/login?locale=${locale}`} size="lg">
          {words.logIn}
        </Button>
      </div>
      <div className={classes.picture}>
        <Shore />
      </div>
    </div>
  )
}
