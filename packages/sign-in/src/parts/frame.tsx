/** What stands around every screen: brand, language, support, the state of the line, and the voice for screen readers. */
import type { Locale } from '@countersign/protocol'
import { UnstyledButton } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Screen } from '../page.ts'
import { useUi } from '../ui.tsx'
import classes from './frame.module.css'
import { Mark } from './mark.tsx'

const languages = [
  ['sv', 'Svenska'],
  ['en', 'English'],
] as const

function LanguageChoice({ locale, onLocale }: { locale: Locale; onLocale: (locale: Locale) => void }): ReactNode {
  const { words } = useUi()
  return (
    <fieldset className={classes.languages} aria-label={words.language}>
      {languages.map(([code, name]) => (
        <UnstyledButton
          key={code}
          className={classes.language}
          lang={code}
          aria-pressed={code === locale}
          onClick={() => onLocale(code)}
        >
          {name}
        </UnstyledButton>
      ))}
    </fieldset>
  )
}

function LineState({ reached }: { reached: boolean }): ReactNode {
  const { words, announce } = useUi()
  const wasReached = useRef(reached)
  useEffect(() => {
    if (reached && !wasReached.current) announce(words.reconnected)
    wasReached.current = reached
  }, [reached, words, announce])
  return (
    <div className={classes.line} role="status">
      {!reached && (
        <p className={classes.lost}>
          <strong>{words.reconnecting}</strong> {words.nothingLost}
        </p>
      )}
    </div>
  )
}

interface FrameProps {
  readonly locale: Locale
  readonly onLocale: (locale: Locale) => void
  readonly reached: boolean
  readonly screen: Screen
  readonly announcement: string
  readonly children: ReactNode
}

export function Frame({ locale, onLocale, reached, screen, announcement, children }: FrameProps): ReactNode {
  const { words, brand } = useUi()
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <span className={classes.brand}>
          <Mark />
          {brand.name}
        </span>
        <LanguageChoice locale={locale} onLocale={onLocale} />
      </header>
      <main className={classes.card} data-screen={screen}>
        <div key={screen} className={classes.screen}>
          {children}
        </div>
      </main>
      <footer className={classes.footer}>
        {brand.supportEmail !== null && (
          <p>
            {words.help} <a href={`mailto:${brand.supportEmail}`}>{brand.supportEmail}</a>
          </p>
        )}
      </footer>
      <LineState reached={reached} />
      <p className={classes.unseen} role="status">
        {announcement}
      </p>
    </div>
  )
}
