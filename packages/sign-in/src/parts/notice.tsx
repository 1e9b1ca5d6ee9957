/** What was refused, said at once to eyes and ears. */
import type { ReactNode } from 'react'
import type { Trouble } from '../page.ts'
import { troubleText } from '../trouble.ts'
import { useUi } from '../ui.tsx'
import classes from './notice.module.css'

export function TroubleNotice({ trouble, more }: { trouble: Trouble | null; more?: string | null }): ReactNode {
  const { words } = useUi()
  if (trouble === null) return null
  return (
    <div className={classes.notice} role="alert">
      <p>{troubleText(words, trouble)}</p>
      {more !== undefined && more !== null && <p className={classes.more}>{more}</p>}
    </div>
  )
}
