/** Who links which phone: e-mail and name, then the password. */
import { Button } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { FormPage } from './form-page.tsx'
import styles from './linking.module.css'
import { type LinkingStep, missingIn, type Typed } from './linking-state.ts'
import { sayFault } from './say-fault.ts'
import { useLinkingWords } from './words.ts'

interface EmailStepProps extends StepProps<'email'> {
  /** The person has a code from a page instead. */
  readonly onOffer: () => void
}

interface StepProps<Name extends LinkingStep['step']> {
  readonly at: Extract<LinkingStep, { step: Name }>
  readonly typed: Typed
  readonly onType: (typed: Partial<Typed>) => void
  readonly onNext: () => void
  readonly onBack: () => void
}

export function EmailStep({ at, typed, onType, onNext, onBack, onOffer }: EmailStepProps) {
  const words = useLinkingWords()
  const missing = missingIn(typed)
  return (
    <FormPage
      title={words.email.title}
      onBack={onBack}
      onNext={onNext}
      below={
        <Button kind="plain" onPress={onOffer}>
          {words.offer.choose}
        </Button>
      }
    >
      <Field
        first
        label={words.email.label}
        value={typed.email}
        fault={at.incomplete && missing.email ? words.email.fault : null}
        onType={(email) => onType({ email })}
        input={{
          inputMode: 'email',
          autocomplete: 'username',
          autocapitalize: 'off',
          spellcheck: false,
          maxLength: 254,
          enterkeyhint: 'next',
        }}
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

export function PasswordStep({ at, typed, onType, onNext, onBack }: StepProps<'password'>) {
  const words = useLinkingWords()
  const fault = at.incomplete ? words.password.fault : at.fault === null ? null : sayFault(at.fault, words)
  return (
    <FormPage title={words.password.title} working={at.working} onBack={onBack} onNext={onNext}>
      <p class={styles.who}>
        <span>{words.password.for}</span>
        <span>{typed.email}</span>
      </p>
      {/* For password managers, which look for the name beside the password. */}
      <input type="text" autocomplete="username" value={typed.email} readOnly hidden />
      <Field
        first
        label={words.password.label}
        value={typed.password}
        fault={fault}
        onType={(password) => onType({ password })}
        password
        input={{
          autocomplete: 'current-password',
          // A password that is shown is text to the browser, and what is text may be sent away to be checked.
          autocapitalize: 'off',
          spellcheck: false,
          maxLength: 256,
          enterkeyhint: 'next',
        }}
      />
    </FormPage>
  )
}
