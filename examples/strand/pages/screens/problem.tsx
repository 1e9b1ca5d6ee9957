/** What went wrong on the way in, what was not done, and what to do now. */
import { Button } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTitle } from '../parts/use-title.ts'
import { useUi } from '../ui.ts'
import classes from './screens.module.css'

interface ProblemProps {
  readonly problem: { readonly title: string; readonly text: string }
  /** Where "try again" leads. */
  readonly again: '/login' | '/'
}

export function Problem({ problem, again }: ProblemProps): ReactNode {
  const { words, locale } = useUi()
  const heading = useRef<HTMLHeadingElement>(null)
  useTitle(problem.title)
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className={classes.problem}>
      <h1 ref={heading} tabIndex={-1} className={classes.greeting}>
        {problem.title}
      </h1>
      <p className={classes.lead}>{problem.text}</p>
      <div className={classes.ways}>
        <Button component="a" href={again === '/login' ? `/login?locale=${locale}` : again} size="md">
          {words.tryAgain}
        </Button>
        {again === '/login' && (
          <Button component="a" href="/" variant="subtle" size="md">
            {words.home}
          </Button>
        )}
      </div>
    </div>
  )
}
