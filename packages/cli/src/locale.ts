/** What `--locale` says. */
import { Locale } from '@countersign/protocol'
import { UsageFault } from './exit.ts'

/** @throws UsageFault for what is no language of ours */
export function localeOf(text: string): Locale {
  const parsed = Locale.safeParse(text)
  if (!parsed.success) throw new UsageFault('--locale is sv or en.')
  return parsed.data
}
