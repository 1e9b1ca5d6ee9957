/** A screen that is loaded when it is first needed. */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useWords } from './language.tsx'
import { Button } from './parts/button.tsx'
import { Outcome } from './parts/outcome.tsx'
import { Page } from './parts/page.tsx'
import { Support } from './parts/support.tsx'
import { Working } from './parts/working.tsx'

type Loaded<Props> = { readonly component: ComponentType<Props> } | 'loading' | 'failed'

export function lazyScreen<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  return function LazyScreen(props: Props) {
    const words = useWords()
    const [loaded, setLoaded] = useState<Loaded<Props>>('loading')
    useEffect(() => {
      if (loaded !== 'loading') return
      load().then(
        (component) => setLoaded({ component }),
        () => setLoaded('failed'),
      )
    }, [loaded])
    if (loaded === 'loading') return <Working title={words.welcome.loading} />
    if (loaded === 'failed') {
      // After an update the server does not have the old file any more; a window loaded anew asks for the new one.
      const retry = () => (navigator.onLine ? location.reload() : setLoaded('loading'))
      return (
        <Page
          centred
          footer={
            <>
              <Button onPress={retry}>{words.retry}</Button>
              <Support />
            </>
          }
        >
          <Outcome kind="warn" icon="unplugged" title={words.welcome.loadFailed} />
        </Page>
      )
    }
    const Screen = loaded.component
    return <Screen {...props} />
  }
}
