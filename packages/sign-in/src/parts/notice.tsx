/** What was refused, said at once to eyes and ears. */
import type { ReactNode } from 'react'
import type { Trouble } from '../page.ts'
import { troubleText } from '../trouble.ts'
import { useUi } from '../ui.tsx'
import classes from './notice.module.css'

export const Notice = ({ children }: { children: ReactNode }): ReactNode => (
  <div className={classes.notice} role="alert">
    <p>{children}</p>
  </div>
)

interface TroubleNoticeProps {
  readonly trouble: Trouble | null
  /** What is told of a refused code, where it is another one than the response from the app. */
  readonly refusedCode?: string
}

export function TroubleNotice({ trouble, refusedCode }: TroubleNoticeProps): ReactNode {
  const { words } = useUi()
  if (trouble === null) return null
  return <Notice>{troubleText(words, trouble, refusedCode)}</Notice>
}
