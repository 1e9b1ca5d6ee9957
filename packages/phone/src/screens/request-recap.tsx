/** Who asks for what, in two lines, wherever the request itself is not on the screen. */
import type { ShownApproval } from '@countersign/device'
import styles from './request.module.css'

export const Recap = ({ shown: { document: asked } }: { shown: ShownApproval }) => (
  <p class={styles.recap}>
    <span>{asked.application.name}</span>
    <span lang={asked.locale}>{asked.headline}</span>
  </p>
)
