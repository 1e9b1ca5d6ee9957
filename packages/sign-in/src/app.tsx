/** The whole page: one card, whose screen the server's state chooses. */
import type { Locale } from '@countersign/protocol'
import { MantineProvider } from '@mantine/core'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import type { SignInApi } from './api.ts'
import type { Brand } from './brand.ts'
import type { BrowserWires } from './browser-wires.ts'
import { keepChosenLanguage, pickLanguage, readChosenLanguage } from './language.ts'
import { type Page, screenOf } from './page.ts'
import { Frame } from './parts/frame.tsx'
import { useAnnouncement } from './parts/use-announcement.ts'
import { LinkPhone } from './screens/link-phone.tsx'
import { Loading } from './screens/loading.tsx'
import { Offline } from './screens/offline.tsx'
import {
  Approved,
  Blocked,
  Cancelled,
  CodesSpent,
  Declined,
  Ended,
  Expired,
  SmsSpent,
  WrongNumber,
} from './screens/outcomes.tsx'
import { SignInForm, type SignInFormProps } from './screens/sign-in-form.tsx'
import { SmsCode } from './screens/sms-code.tsx'
import { Waiting } from './screens/waiting.tsx'
import { theme } from './theme.ts'
import { UiContext } from './ui.tsx'
import { type Commands, useSignIn } from './use-sign-in.ts'
import { keepWayBack, readWayBack, type WayBack } from './way-back.ts'
import { words } from './words.ts'

interface AppProps {
  readonly api: SignInApi
  readonly wires: BrowserWires
  readonly brand: Brand
  readonly styleNonce: string
}

interface CurrentScreenProps {
  readonly page: Page
  readonly commands: Commands
  readonly form: Pick<SignInFormProps, 'email' | 'onEmail' | 'locale'>
  readonly wayBack: WayBack | null
  readonly onOverdue: () => void
}

function CurrentScreen({ page, commands, form, wayBack, onOverdue }: CurrentScreenProps): ReactNode {
  const { state } = page
  if (page.ended) return <Ended wayBack={wayBack} />
  if (state !== null && screenOf(page) === 'password') {
    return <SignInForm page={page} commands={commands} application={state.application} {...form} />
  }
  switch (state?.step) {
    case undefined:
    case 'password':
      return <Loading />
    case 'waiting':
      return <Waiting page={page} state={state} commands={commands} onOverdue={onOverdue} />
    case 'offline':
      return <Offline page={page} state={state} commands={commands} onOverdue={onOverdue} />
    case 'approved':
      return <Approved application={state.application} />
    case 'declined':
      return <Declined page={page} state={state} commands={commands} />
    case 'wrong-number':
      return <WrongNumber page={page} state={state} commands={commands} />
    case 'codes-spent':
      return <CodesSpent page={page} state={state} commands={commands} />
    case 'expired':
      return <Expired page={page} state={state} commands={commands} />
    case 'cancelled':
      return <Cancelled page={page} state={state} commands={commands} />
    case 'sms-code':
      return <SmsCode page={page} state={state} commands={commands} />
    case 'sms-spent':
      return <SmsSpent page={page} state={state} commands={commands} />
    case 'link-phone':
      return <LinkPhone page={page} state={state} commands={commands} />
    case 'blocked':
      return <Blocked page={page} state={state} commands={commands} />
  }
}

/** Where a sign-in that is over is left for, also when the page is opened again. */
function useWayBack({ state }: Page): WayBack | null {
  const application = state?.application
  const url = state?.application_url
  useEffect(() => {
    if (application !== undefined && url !== undefined) keepWayBack({ application, url })
  }, [application, url])
  return application === undefined || url === undefined ? readWayBack(history.state) : { application, url }
}

export function App({ api, wires, brand, styleNonce }: AppProps): ReactNode {
  const [locale, setLocale] = useState(() => pickLanguage(readChosenLanguage(), navigator.languages))
  // The address outlives its form, for those who begin again; the password does not.
  const [email, setEmail] = useState('')
  const [announcement, announce] = useAnnouncement()
  const { page, commands } = useSignIn(api, wires)
  const wayBack = useWayBack(page)
  const supportEmail = page.state?.support_email ?? brand.supportEmail
  const { name } = brand
  const ui = useMemo(
    () => ({ words: words[locale], brand: { name, supportEmail }, announce }),
    [locale, name, supportEmail, announce],
  )
  useEffect(() => {
    document.documentElement.lang = locale
  }, [locale])
  const choose = (chosen: Locale) => {
    setLocale(chosen)
    keepChosenLanguage(chosen)
  }
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => styleNonce} withGlobalClasses={false}>
      <UiContext value={ui}>
        <Frame
          locale={locale}
          onLocale={choose}
          reached={page.reached}
          screen={screenOf(page)}
          announcement={announcement}
        >
          <CurrentScreen
            page={page}
            commands={commands}
            form={{ email, onEmail: setEmail, locale }}
            wayBack={wayBack}
            onOverdue={wires.raiseDoubt}
          />
        </Frame>
      </UiContext>
    </MantineProvider>
  )
}
