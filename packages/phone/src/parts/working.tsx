/** Something takes a while, and nothing leads away from it. */
import type { ComponentChildren } from 'preact'
import { Text } from './outcome.tsx'
import { BesideContext, Page } from './page.tsx'
import styles from './spinner.module.css'
import { Title } from './title.tsx'

export function Working({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <BesideContext.Provider value={null}>
      <Page centred>
        <div class={styles.spinner} />
        <Title>{title}</Title>
        {children === undefined ? null : <Text>{children}</Text>}
      </Page>
    </BesideContext.Provider>
  )
}
