/** Linking from a page of an application on which the person is logged in: its code, then the digits for that page. */

import { useWords } from '../language.tsx'
import { Button, IconButton } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icons.tsx'
import { Page } from '../parts/page.tsx'
import { Ring } from '../parts/ring.tsx'
import { Support } from '../parts/support.tsx'
import { Title } from '../parts/title.tsx'
import { useCountdown } from '../use-countdown.ts'
import { FormPage } from './form-page.tsx'
import styles from './linking.module.css'
import { type LinkingStep, missingIn, type Typed } from './linking-state.ts'
import { sayFault } from './say-fault.ts'
import { useLinkingWords } from './words.ts'

interface OfferStepProps {
  readonly at: Extract<LinkingStep, { step: 'offer' }>
  readonly typed: Typed
  readonly onType: (typed: Partial<Typed>) => void
  readonly onNext: () => void
  readonly onBack: () => void
}

export function OfferStep({ at, typed, onType, onNext, onBack }: OfferStepProps) {
  const words = useLinkingWords()
  const missing = missingIn(typed)
  const fault =
    at.incomplete && missing.offer ? words.offer.fault : at.fault === null ? null : sayFault(at.fault, words)
  return (
    <FormPage title={words.offer.title} working={at.working} onBack={onBack} onNext={onNext}>
      <Field
        first
        label={words.offer.label}
        hint={words.offer.hint}
        value={typed.offer}
        fault={fault}
        onType={(offer) => onType({ offer })}
        input={{ autocomplete: 'off', autocapitalize: 'off', spellcheck: false, maxLength: 80, enterkeyhint: 'next' }}
      />
      <Field
        label={words.name.label}
        hint={words.name.hint}
        value={typed.deviceName}
        fault={at.incomplete && missing.deviceName ? words.name.fault : null}
        onType={(deviceName) => onType({ deviceName })}
        input={{ autocomplete: 'off', maxLength: 40, enterkeyhint: 'next' }}
      />
    </FormPage>
  )
}

const digitsSeconds = 300

interface DigitsStepProps {
  readonly at: Extract<LinkingStep, { step: 'digits' }>
  readonly onBack: () => void
}

export function DigitsStep({ at: { linking }, onBack }: DigitsStepProps) {
  const words = useLinkingWords().digits
  const { back } = useWords()
  const seconds = useCountdown(linking.expires(), linking.serverNow, onBack)
  const { digits } = linking
  return (
    <Page
      start={
        <IconButton label={back} onPress={onBack}>
          <Icon name="back" />
        </IconButton>
      }
      footer={<Support />}
    >
      <Title>{words.title}</Title>
      <p class={styles.lead}>{words.text}</p>
      <p class={styles.digits}>
        <span class={styles.unseen}>{digits.split('').join(' ')}</span>
        <span aria-hidden="true">
          {digits.slice(0, 3)} {digits.slice(3)}
        </span>
      </p>
      <div class={styles.time}>
        <Ring seconds={seconds} whole={digitsSeconds} label={words.timeLeft} />
        <span role="status">{words.waits}</span>
      </div>
      <p class={styles.lead}>{words.caution}</p>
      <Button kind="plain" onPress={onBack}>
        {words.stop}
      </Button>
    </Page>
  )
}

/** The code that the app was opened with: behind the `#`, which no server sees. It is taken once, and out of the address. */
export function takeOffer(): string {
  const offer = decodeURIComponent(location.hash.slice(1))
  if (!offer.startsWith('CS3:')) return ''
  history.replaceState(history.state, '', location.pathname + location.search)
  return offer
}
