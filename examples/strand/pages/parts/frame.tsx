/** What stands around every screen: the brand, who is there, the language, help. */
import { Button, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Locale } from '../language.ts'
import { useUi } from '../ui.ts'
import { Mark } from './mark.tsx'
import classes from './parts.module.css'

const languages = [
  ['sv', 'Svenska'],
  ['en', 'English'],
] as const

interface FrameProps {
  readonly customer: { readonly name: string; readonly email: string } | null
  readonly leaving: boolean
  readonly logOutFailed: boolean
  readonly onLogOut: () => void
  readonly onLocale: (locale: Locale) => void
  readonly children: ReactNode
}

export function Frame({ customer, leaving, logOutFailed, onLogOut, onLocale, children }: FrameProps): ReactNode {
  const { words, locale, supportEmail } = useUi()
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <a className={classes.brand} href="/">
          <Mark />
          Strand
        </a>
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
        {customer !== null && (
          <div className={classes.who}>
            <span className={classes.person}>
              <span className={classes.name}>{customer.name}</span>
              <span className={classes.email}>{customer.email}</span>
            </span>
            <Button variant="default" onClick={onLogOut} loading={leaving}>
              {words.logOut}
            </Button>
          </div>
        )}
      </header>
      <main className={classes.main}>
        {logOutFailed && (
          <p className={classes.alert} role="alert">
            {words.logOutFailed}
          </p>
        )}
        {children}
      </main>
      <footer className={classes.footer}>
        <p>{words.demo}</p>
        <p>
          {words.help} <a href={`mailto:${supportEmail}`}>{supportEmail}</a>
        </p>
      </footer>
    </div>
  )
}
