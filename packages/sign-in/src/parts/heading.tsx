/** The heading of a screen: it names the document, and takes the focus, so that a new screen is noticed. */
import { type ReactNode, useEffect, useRef } from 'react'
import { useUi } from '../ui.tsx'
import classes from './heading.module.css'

interface HeadingProps {
  readonly title: string
  /** A sentence right below. */
  readonly lead?: ReactNode
  /** False where a field of the screen takes the focus. */
  readonly takesFocus?: boolean
}

export function Heading({ title, lead, takesFocus = true }: HeadingProps): ReactNode {
  const { brand } = useUi()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} – ${brand.name}`
  }, [title, brand.name])
  useEffect(() => {
    if (takesFocus) heading.current?.focus()
  }, [takesFocus])
  return (
    <div className={classes.block}>
      <h1 ref={heading} className={classes.heading} tabIndex={-1}>
        {title}
      </h1>
      {lead !== undefined && <p className={classes.lead}>{lead}</p>}
    </div>
  )
}
