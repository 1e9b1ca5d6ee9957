/** Where to write when nothing helps. Shown wherever a person can be stuck. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { ServerFacts } from '../kept-values.ts'
import { useWords } from '../language.tsx'
import styles from './support.module.css'

export const ServerContext = createContext<ServerFacts | null>(null)

/** What is known of the server; null before it was ever reached. */
export const useServer = (): ServerFacts | null => useContext(ServerContext)

export function Support() {
  const server = useServer()
  const words = useWords()
  if (server === null) return null
  return (
    <p class={styles.support}>
      {words.supportLine} <a href={`mailto:${server.supportEmail}`}>{server.supportEmail}</a>
    </p>
  )
}
