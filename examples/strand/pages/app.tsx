/** The whole page: who is there decides what is shown. */
import { Loader, MantineProvider } from '@mantine/core'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import type { AccountView } from '../src/account-view.ts'
import { logOut, problemOf, readAccount } from './api.ts'
import { keepChosenLanguage, type Locale, pickLanguage, readChosenLanguage } from './language.ts'
import { Frame } from './parts/frame.tsx'
import classes from './parts/parts.module.css'
import { Account } from './screens/account.tsx'
import { Problem } from './screens/problem.tsx'
import { Welcome } from './screens/welcome.tsx'
import { theme } from './theme.ts'
import { UiContext, useUi } from './ui.ts'
import { words } from './words.ts'

/** The account, `null` before the server has answered, `unreachable` when it did not. */
type Known = AccountView | 'unreachable' | null

function Screen({ known, refresh }: { known: Known; refresh: () => void }): ReactNode {
  const { words: say } = useUi()
  const problem = problemOf(location.pathname)
  if (problem !== null) return <Problem problem={say.problems[problem]} again="/login" />
  if (known === null) return <Loader className={classes.loader} aria-label={say.loading} role="status" />
  if (known === 'unreachable') return <Problem problem={say.offline} again="/" />
  return known.state === 'guest' ? <Welcome /> : <Account account={known} refresh={refresh} />
}

export function App({ supportEmail, styleNonce }: { supportEmail: string; styleNonce: string }): ReactNode {
  const [locale, setLocale] = useState(() => pickLanguage(readChosenLanguage(), navigator.languages))
  const [known, setKnown] = useState<Known>(null)
  const [leaving, setLeaving] = useState(false)
  const [logOutFailed, setLogOutFailed] = useState(false)
  useEffect(() => {
    void readAccount().then((account) => setKnown(account ?? 'unreachable'))
  }, [])
  // What is on the screen stays where no other answer comes.
  const refresh = () => void readAccount().then((account) => setKnown((before) => account ?? before))
  useEffect(() => {
    document.documentElement.lang = locale
  }, [locale])
  const ui = useMemo(() => ({ locale, words: words[locale], supportEmail }), [locale, supportEmail])
  const choose = (chosen: Locale) => {
    setLocale(chosen)
    keepChosenLanguage(chosen)
  }
  const leave = async () => {
    setLeaving(true)
    setLogOutFailed(false)
    const next = await logOut()
    if (next !== null) return location.assign(next)
    setLeaving(false)
    setLogOutFailed(true)
  }
  const customer = known !== null && known !== 'unreachable' && known.state === 'customer' ? known : null
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => styleNonce} withGlobalClasses={false}>
      <UiContext value={ui}>
        <Frame customer={customer} leaving={leaving} logOutFailed={logOutFailed} onLogOut={leave} onLocale={choose}>
          <Screen known={known} refresh={refresh} />
        </Frame>
      </UiContext>
    </MantineProvider>
  )
}
