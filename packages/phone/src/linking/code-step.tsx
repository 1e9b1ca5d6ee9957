/** The one-time code by SMS. */
import { useState } from 'preact/hooks'
import { digitsOf } from '../codes.ts'
import { Button } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Ring } from '../parts/ring.tsx'
import { useCountdown } from '../use-countdown.ts'
import { FormPage } from './form-page.tsx'
import styles from './linking.module.css'
import type { LinkingStep } from './linking-state.ts'
import { sayFault } from './say-fault.ts'
import { useLinkingWords } from './words.ts'

interface CodeStepProps {
  readonly at: Extract<LinkingStep, { step: 'code' }>
  readonly code: string
  readonly onType: (code: string) => void
  readonly onNext: () => void
  readonly onResend: () => void
  readonly onBack: () => void
}

const codeSeconds = 300

function TimeLeft({ at }: Pick<CodeStepProps, 'at'>) {
  const { code: words } = useLinkingWords()
  const [over, setOver] = useState(false)
  const seconds = useCountdown(at.linking.expires(), at.linking.serverNow, () => setOver(true))
  return (
    <div class={styles.time}>
      <Ring seconds={seconds} whole={codeSeconds} label={words.timeLeft} />
      {over ? (
        <strong class={styles.over} role="alert">
          {words.over}
        </strong>
      ) : (
        <span>{words.caution}</span>
      )}
    </div>
  )
}

export function CodeStep({ at, code, onType, onNext, onResend, onBack }: CodeStepProps) {
  const words = useLinkingWords()
  const fault = at.incomplete ? words.code.fault : at.fault === null ? null : sayFault(at.fault, words)
  return (
    <FormPage
      title={words.code.title}
      working={at.working === 'checking'}
      onBack={onBack}
      onNext={onNext}
      below={
        <Button kind="plain" waiting={at.working !== 'no'} onPress={onResend}>
          {words.code.resend}
        </Button>
      }
    >
      <p class={at.resent ? `${styles.lead} ${styles.resent}` : styles.lead} role="status">
        {at.resent ? words.code.resent : words.code.sent(at.linking.phoneNumber.replaceAll(' ', '\u00a0'))}
      </p>
      <Field
        first
        label={words.code.label}
        value={code}
        fault={fault}
        code
        onType={(text, field) => {
          const digits = digitsOf(text, 6)
          field.value = digits
          onType(digits)
        }}
        input={{ inputMode: 'numeric', autocomplete: 'one-time-code', maxLength: 20, enterkeyhint: 'next' }}
      />
      <TimeLeft key={at.linking.expires()} at={at} />
    </FormPage>
  )
}
