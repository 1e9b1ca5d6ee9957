/** How long a request can still be answered, by the server's clock. */
import type { ShownApproval } from '@countersign/device'
import { parseTimestamp } from '@countersign/protocol'
import { useWords } from '../language.tsx'
import { Ring } from '../parts/ring.tsx'
import { useCountdown } from '../use-countdown.ts'

interface CountdownProps {
  readonly shown: ShownApproval
  readonly serverNow: () => number
  readonly onEnd: () => void
  readonly silent?: boolean
}

export function Countdown({ shown, serverNow, onEnd, silent = false }: CountdownProps) {
  const words = useWords().request
  const ends = parseTimestamp(shown.document.expires)
  const seconds = useCountdown(ends, serverNow, onEnd)
  const whole = (ends - parseTimestamp(shown.document.issued)) / 1000
  return <Ring seconds={seconds} whole={whole} label={words.timeLeft} silent={silent} />
}
