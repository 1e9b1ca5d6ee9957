/** The screens of the popup: each makes its elements once, and patches them from then on. */
import type { Approval } from './answer.ts'
import { halvesOf, spoken } from './code.ts'
import { draw, make, say, set } from './dom.ts'
import { asClock, type PopupState, roundSeconds, type Screen, type Trouble } from './popup-state.ts'
import type { Words } from './words.ts'

/** What the person does. */
export interface Actions {
  wake(): void
  goOffline(): void
  respond(typed: string): void
  cancel(): void
  /** Closes what is over. */
  leave(again: boolean): void
}

/** What a screen is drawn from. */
export interface Shown {
  readonly state: PopupState
  readonly words: Words
  readonly seconds: number
}

/** A screen that was made. */
export interface Made {
  readonly root: HTMLElement
  /** What the title names the dialog by, and what is focused first. */
  readonly title: HTMLElement
  update(shown: Shown): void
}

const titleOf = (text: string) => make('h2', { tabindex: '-1', id: 'title' }, text)

function button(text: string, kind: 'main' | 'usual' | 'plain', press: () => void): HTMLButtonElement {
  const element = make('button', { type: 'button', class: kind }, text)
  element.addEventListener('click', () => {
    if (element.getAttribute('aria-disabled') !== 'true') press()
  })
  return element
}

const busy = (element: HTMLElement, isBusy: boolean) => set(element, { 'aria-disabled': isBusy ? 'true' : null })

/** What is asked, in the words of the document that the phone shows too. */
function asked(approval: Approval, words: Words): HTMLElement {
  const lines = approval.lines.flatMap(({ label, value }) => [make('dt', {}, label), make('dd', {}, value)])
  return make(
    'div',
    { class: 'asked', lang: approval.locale },
    make('span', { class: 'from' }, words.from(approval.application)),
    make('span', { class: 'headline' }, approval.headline),
    make('dl', {}, ...lines),
  )
}

const circumference = 2 * Math.PI * 44

/** The time that remains, as a ring and in figures. */
function ring() {
  const circle = { cx: '50', cy: '50', r: '44' }
  const rest = draw('circle', { ...circle, class: 'rest', 'stroke-dasharray': String(circumference) })
  const figures = make('span', { 'aria-hidden': 'true' })
  const svg = draw('svg', { viewBox: '0 0 100 100', 'aria-hidden': 'true' }, draw('circle', circle), rest)
  const root = make('div', { class: 'ring', role: 'timer' }, svg, figures)
  return {
    root,
    update({ seconds, words }: Shown) {
      const part = Math.min(1, seconds / roundSeconds)
      set(root, { 'aria-label': words.secondsLeft(seconds), 'data-late': String(seconds <= 10) })
      set(rest, { 'stroke-dashoffset': String(circumference * (1 - part)) })
      say(figures, asClock(seconds))
    },
  }
}

/** What to say of something that went wrong. */
function sayTrouble(trouble: Trouble | null, words: Words): string {
  if (trouble === null) return ''
  if (trouble.kind === 'unreachable') return words.unreachable
  if (trouble.kind === 'malformed') return words.malformed
  switch (trouble.refusal.code) {
    case 'code_refused':
      return words.refusedCode
    case 'offline_locked':
      return words.offlineLocked
    case 'rate_limited':
      return words.limited(trouble.refusal.retryAfter)
    case 'app_outdated':
      return words.outdated
    default:
      return words.fault
  }
}

/** The notice of what went wrong, and how the line stands. */
function notices() {
  const trouble = make('p', { class: 'notice', role: 'alert' })
  const line = make('p', { class: 'muted', role: 'status' })
  return {
    trouble,
    line,
    /** @param usual what the line says while there is nothing to say of the connection */
    update({ state, words }: Shown, usual = '') {
      say(trouble, sayTrouble(state.trouble, words))
      say(line, state.reached ? (state.isBack ? words.reconnected : usual) : words.reconnecting)
    },
  }
}

function help(email: string, words: Words): HTMLElement {
  const link = make('a', { href: `mailto:${email}` }, email)
  return make('p', { class: 'muted' }, `${words.help} `, link)
}

const pushLine = ({ push, device }: Approval, words: Words): string =>
  push !== null && Object.hasOwn(words.push, push) ? (words.push[push]?.(device) ?? '') : ''

const arrives = ({ push }: Approval) =>
  push === 'sending' || push === 'sent' || push === 'received' || push === 'in-app'

const opening = (words: Words, actions: Actions): Made => {
  const title = titleOf(words.opening)
  const said = notices()
  const root = make(
    'div',
    { class: 'body' },
    title,
    said.line,
    make('div', { class: 'actions' }, button(words.cancel, 'plain', actions.cancel)),
  )
  return { root, title, update: said.update }
}

function waiting(approval: Approval, words: Words, actions: Actions): Made {
  const title = titleOf('')
  const clock = ring()
  const number = make('strong')
  const picked = make('div', { class: 'number' }, make('span', { class: 'muted' }, words.pickNumber), number)
  const push = make('p', { role: 'status' })
  const said = notices()
  const says = make('div', { class: 'says' }, push, said.line)
  const noPush = button(words.noPush, 'usual', actions.goOffline)
  const again = button(words.pushAgain, 'plain', actions.wake)
  const cancel = button(words.cancel, 'plain', actions.cancel)
  const wait = make('div', { class: 'wait' }, approval.number === null ? says : picked, clock.root)
  const root = make(
    'div',
    { class: 'body' },
    title,
    // The number is what the person needs now; it must not be below the fold.
    ...(approval.number === null ? [asked(approval, words), wait] : [wait, asked(approval, words), says]),
    said.trouble,
    make('div', { class: 'actions' }, noPush, again, cancel),
    help(approval.support_email, words),
  )
  return {
    root,
    title,
    update(shown) {
      const { approval: now, busy: doing } = shown.state
      if (now === null) return
      say(title, arrives(now) ? words.approveOn(now.device) : words.openOn(now.device))
      say(number, now.number ?? '')
      say(push, pushLine(now, words))
      set(noPush, { class: now.push === 'failed' || now.push === 'none' ? 'main' : 'usual' })
      set(again, { hidden: now.push === 'sent' || now.push === 'received' ? null : '' })
      busy(noPush, doing === 'offline')
      busy(again, doing === 'wake')
      busy(cancel, doing === 'cancel')
      clock.update(shown)
      said.update(shown, words.goesOn)
    },
  }
}

/** The round whose code is the first that is shown (protocol section 2). */
const firstCodeRound = 2
const allTries = 5
const graceSeconds = 10

function hintOf({ state, words, seconds }: Shown): string {
  const round = state.approval?.offline?.round ?? firstCodeRound
  if (seconds === 0) return words.newCodeSoon
  return round > firstCodeRound && seconds > roundSeconds - graceSeconds ? words.codeIsNew : words.codeRenews
}

function responseField(words: Words, actions: Actions) {
  const input = make('input', {
    'aria-label': words.response,
    'aria-describedby': 'trouble',
    name: 'response',
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
    spellcheck: 'false',
  })
  const confirm = make('button', { type: 'submit', class: 'main' }, words.confirm)
  return {
    input,
    confirm,
    submit(event: Event) {
      event.preventDefault()
      if (confirm.getAttribute('aria-disabled') !== 'true') actions.respond(input.value)
    },
  }
}

function offline(approval: Approval, words: Words, actions: Actions): Made {
  const title = titleOf(words.offline)
  const clock = ring()
  const heard = make('span', { class: 'unseen' })
  const [left, right] = [make('span'), make('span')]
  const code = make('div', { class: 'code', 'aria-hidden': 'true' }, left, right)
  const hint = make('p', { class: 'hint' })
  const field = responseField(words, actions)
  const said = notices()
  set(said.trouble, { id: 'trouble' })
  const tries = make('p', { class: 'muted' })
  const online = make('p', { class: 'muted' })
  const cancel = button(words.cancel, 'plain', actions.cancel)
  const step = make(
    'li',
    {},
    words.stepType,
    make('div', { class: 'challenge' }, make('div', {}, heard, code), clock.root),
    hint,
  )
  const root = make(
    'form',
    { class: 'body', novalidate: '' },
    title,
    make('p', { class: 'muted' }, words.offlineLead),
    // The phone cannot show it: here is all that the person has to go by.
    asked(approval, words),
    make(
      'ol',
      {},
      make('li', {}, words.stepOpen(approval.device)),
      step,
      make('li', {}, words.stepRespond, field.input),
    ),
    said.trouble,
    tries,
    said.line,
    make('div', { class: 'actions' }, field.confirm, cancel),
    online,
    help(approval.support_email, words),
  )
  root.addEventListener('submit', field.submit)
  let troubled: Trouble | null = null
  return {
    root,
    title,
    update(shown) {
      const { approval: now, busy: doing, trouble } = shown.state
      if (now?.offline == null) return
      const [first, second] = halvesOf(now.offline.challenge)
      say(left, first)
      say(right, second)
      say(heard, words.codeSpoken(spoken(now.offline.challenge)))
      set(code, { 'data-stale': String(shown.seconds === 0), 'data-code': now.offline.challenge })
      say(hint, hintOf(shown))
      say(tries, now.offline.tries_left < allTries ? words.triesLeft(now.offline.tries_left) : '')
      say(online, words.stillOnline(now.number))
      set(field.input, { 'aria-invalid': trouble === null || trouble.kind === 'unreachable' ? null : 'true' })
      busy(field.confirm, doing === 'response')
      busy(cancel, doing === 'cancel')
      clock.update(shown)
      said.update(shown)
      if (trouble !== null && trouble !== troubled) field.input.select()
      troubled = trouble
    },
  }
}

const signs = {
  good: 'M5 12.5l4.5 4.5L19 7.5',
  bad: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  calm: 'M12 6.5v6.5M12 17.2v.1',
} as const

interface Outcome {
  readonly tone: keyof typeof signs
  readonly title: string
  readonly text: string
  readonly again: boolean
  readonly link?: { readonly lead: string; readonly url: string }
}

function outcomeOf(screen: Screen, { approval, noDevice }: PopupState, words: Words): Outcome {
  const support = approval?.support_email ?? ''
  const reason = approval?.reason ?? 'unsaid'
  switch (screen) {
    case 'approved':
      return { tone: 'good', title: words.approved, text: words.approvedText, again: false }
    case 'declined': {
      const isForeign = reason === 'not-me'
      const title = words.declined[reason] ?? words.declined.unsaid ?? ''
      return { tone: 'bad', title, text: isForeign ? words.notMe(support) : words.kept, again: !isForeign }
    }
    case 'wrong-number':
      return { tone: 'bad', title: words.wrongNumber, text: words.wrongNumberText(support), again: true }
    case 'codes-spent':
      return { tone: 'bad', title: words.codesSpent, text: words.codesSpentText, again: true }
    case 'expired':
      return { tone: 'calm', title: words.expired, text: words.expiredText, again: true }
    case 'cancelled':
      return {
        tone: 'calm',
        title: words.cancelled,
        text: reason === 'replaced' ? words.replacedText : words.kept,
        again: true,
      }
    case 'blocked':
      return { tone: 'bad', title: words.blocked, text: words.blockedText(approval?.device ?? ''), again: true }
    case 'no-device': {
      const link = { lead: words.noDeviceOpen, url: noDevice?.phoneUrl ?? '' }
      return { tone: 'calm', title: words.noDevice, text: words.noDeviceText, again: true, link }
    }
    default:
      return { tone: 'calm', title: words.lost, text: words.lostText, again: true }
  }
}

function ended(screen: Screen, state: PopupState, words: Words, actions: Actions): Made {
  const { tone, title: text, text: lead, again, link } = outcomeOf(screen, state, words)
  const title = titleOf(text)
  const sign = make('span', { class: 'sign', 'data-tone': tone })
  sign.append(draw('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, draw('path', { d: signs[tone] })))
  const support = state.approval?.support_email ?? state.noDevice?.supportEmail ?? ''
  const ways = make('div', { class: 'actions' })
  if (again) ways.append(button(words.tryAgain, 'main', () => actions.leave(true)))
  ways.append(button(words.close, again ? 'plain' : 'usual', () => actions.leave(false)))
  const root = make('div', { class: 'body' }, sign, title, make('p', {}, lead))
  if (link !== undefined) root.append(make('p', {}, `${link.lead} `, make('a', { href: link.url }, link.url)))
  if (state.approval !== null && screen !== 'lost') root.append(asked(state.approval, words))
  root.append(ways)
  if (screen !== 'approved' && support !== '') root.append(help(support, words))
  return { root, title, update: () => {} }
}

/** Makes a screen. */
export function makeScreen(screen: Screen, state: PopupState, words: Words, actions: Actions): Made {
  const { approval } = state
  if (screen === 'opening' || approval === null) {
    return screen === 'opening' ? opening(words, actions) : ended(screen, state, words, actions)
  }
  if (screen === 'waiting') return waiting(approval, words, actions)
  if (screen === 'offline') return offline(approval, words, actions)
  return ended(screen, state, words, actions)
}
