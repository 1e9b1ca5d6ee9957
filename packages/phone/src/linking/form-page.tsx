/** A step of linking that is a form: a heading, fields, one way on. */
import type { ComponentChildren } from 'preact'
import { useWords } from '../language.tsx'
import { Button, IconButton } from '../parts/button.tsx'
import { Icon } from '../parts/icons.tsx'
import { Page } from '../parts/page.tsx'
import { Support } from '../parts/support.tsx'
import { Title } from '../parts/title.tsx'
import styles from './linking.module.css'
import { useLinkingWords } from './words.ts'

interface FormPageProps {
  readonly title: string
  readonly working?: boolean
  readonly below?: ComponentChildren
  readonly onBack: () => void
  readonly onNext: () => void
  readonly children: ComponentChildren
}

export function FormPage({ title, working = false, below, onBack, onNext, children }: FormPageProps) {
  const words = useLinkingWords()
  const { back } = useWords()
  return (
    <Page
      start={
        <IconButton label={back} onPress={onBack}>
          <Icon name="back" />
        </IconButton>
      }
      footer={<Support />}
    >
      <Title>{title}</Title>
      <form
        class={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          onNext()
        }}
      >
        {children}
        <Button waiting={working}>{working ? words.checking : words.next}</Button>
      </form>
      {below}
    </Page>
  )
}
