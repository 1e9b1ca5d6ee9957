/** Swedish or English. */
import { type Locale, locales } from '@countersign/protocol'
import { useLanguage } from '../language.tsx'
import styles from '../screens/settings.module.css'

const dearestFirst: readonly Locale[] = [...locales].reverse()

export function LanguageSwitch() {
  const { locale, words, choose } = useLanguage()
  return (
    <fieldset class={styles.language}>
      <legend>{words.language}</legend>
      {dearestFirst.map((each) => (
        <label key={each} lang={each}>
          <input type="radio" name="language" value={each} checked={each === locale} onChange={() => choose(each)} />
          {words.languages[each]}
        </label>
      ))}
    </fieldset>
  )
}
