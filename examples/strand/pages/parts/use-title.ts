/** The document's title follows what is shown. */
import { useEffect } from 'react'

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – Strand`
  }, [title])
}
