/** Something takes a while. */
import type { ComponentChildren } from 'preact'
import { Text } from './outcome.tsx'
import { Page } from './page.tsx'
import styles from './spinner.module.css'
import { Title } from './title.tsx'

export function Working({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <Page centred>
      <div class={styles.spinner} />
      <Title>{title}</Title>
      {children === undefined ? null : <Text>{children}</Text>}
    </Page>
  )
}
