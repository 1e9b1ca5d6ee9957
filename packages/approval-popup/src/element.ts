/** The element `<countersign-approval>`. */
import { responseIn, spoken } from './code.ts'
import { type Answer, follow } from './connection.ts'
import { make, say, set } from './dom.ts'
import {
  advance,
  type Command,
  type Ending,
  endingOf,
  type NoDevice,
  opening,
  type PopupEvent,
  type PopupState,
  type Screen,
  screenOf,
  secondsLeft,
} from './popup-state.ts'
import { type Actions, type Made, makeScreen } from './screens.ts'
import { browserWires, command, type Waiting } from './server.ts'
import { styles } from './styles.ts'
import { type Locale, type Words, words } from './words.ts'

export interface OpenOptions extends Waiting {
  /** The language of the popup; left out, that of the approval. What is asked stays in its own. */
  readonly locale?: Locale
}

/** Seconds before the end at which a screen reader says how many are left. */
const toldAt = 30

/** The language of the page, where it is one of ours. */
const pageLocale = (): Locale => (document.documentElement.lang.toLowerCase().startsWith('sv') ? 'sv' : 'en')

/** What has to end when the popup closes. */
interface Session {
  readonly waiting: Waiting | null
  readonly locale: Locale | null
  readonly controller: AbortController
  readonly resolve: (ending: Ending) => void
  readonly promise: Promise<Ending>
}

/** A window over the page that waits for a phone. Its heading comes first for the eye, the keyboard and the ear. */
export class ApprovalPopup extends HTMLElement {
  readonly #dialog = make('dialog', { 'aria-labelledby': 'title' })
  readonly #announcer = make('div', { class: 'unseen', 'aria-live': 'polite' })
  #state: PopupState = opening
  #session: Session | null = null
  #screen: Screen | null = null
  #made: Made | null = null
  #told: string | null = null

  constructor() {
    super()
    const shadow = this.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(styles)
    shadow.adoptedStyleSheets = [sheet]
    this.#dialog.addEventListener('cancel', (event) => {
      event.preventDefault()
      this.#actions.cancel()
    })
    // The browser may close it, too. It tells a turn later, when another approval may have been opened on it.
    this.#dialog.addEventListener('close', () => {
      if (!this.#dialog.open) this.close()
    })
    shadow.append(this.#dialog)
  }

  disconnectedCallback(): void {
    this.close()
  }

  /**
   * Opens the popup on an approval and waits. Resolves with `approved` as soon as it is, while the popup says so: the
   * page then has its back end collect the result, and calls `close()`. Everything else resolves when the person leaves.
   */
  open({ server, approval, pageToken, locale }: OpenOptions): Promise<Ending> {
    const waiting = { server, approval, pageToken }
    const session = this.#begin(waiting, locale ?? null)
    const tell = (event: PopupEvent) => {
      if (this.#session === session) this.#advance(event)
    }
    void follow(
      browserWires(waiting),
      (news) => {
        if (news.kind === 'approval') tell({ type: 'approval', approval: news.approval, at: Date.now() })
        else if (news.kind === 'reached') tell({ type: 'reached', reached: news.reached })
        else tell({ type: 'lost' })
      },
      session.controller.signal,
    )
    return session.promise
  }

  /** Says that nobody could be asked, because the account has no phone, and what to do. */
  showNoDevice(noDevice: NoDevice & { readonly locale?: Locale }): Promise<Ending> {
    const session = this.#begin(null, noDevice.locale ?? null)
    this.#advance({ type: 'no-device', noDevice })
    return session.promise
  }

  /** Closes the popup. What was not approved is not cancelled by that; it ends by itself. */
  close(): void {
    this.#leave(endingOf(screenOf(this.#state), false) ?? { kind: 'cancelled', again: false })
  }

  #begin(waiting: Waiting | null, locale: Locale | null): Session {
    this.close()
    const { promise, resolve } = Promise.withResolvers<Ending>()
    const session = { waiting, locale, controller: new AbortController(), resolve, promise }
    this.#session = session
    this.#state = opening
    this.#screen = null
    this.#told = null
    const timer = setInterval(() => this.#draw(), 250)
    session.controller.signal.addEventListener('abort', () => clearInterval(timer))
    this.#draw()
    this.#dialog.showModal()
    this.#made?.title.focus()
    return session
  }

  #finish(ending: Ending): void {
    const session = this.#session
    if (session === null) return
    this.#session = null
    session.controller.abort()
    session.resolve(ending)
    this.dispatchEvent(new CustomEvent('countersign-ended', { detail: ending, bubbles: true, composed: true }))
  }

  #advance(event: PopupEvent): void {
    this.#state = advance(this.#state, event)
    this.#draw()
    // The page begins to collect while the popup still says that it was approved.
    if (screenOf(this.#state) === 'approved') this.#session?.resolve({ kind: 'approved' })
  }

  get #words(): Words {
    return words[this.#session?.locale ?? this.#state.approval?.locale ?? pageLocale()]
  }

  #draw(): void {
    const screen = screenOf(this.#state)
    // The first answer may tell the language, too.
    if (screen !== this.#screen || this.#made === null) {
      const isFirst = this.#screen === null
      this.#screen = screen
      this.#made = makeScreen(screen, this.#state, this.#words, this.#actions)
      this.#dialog.replaceChildren(this.#made.root, this.#announcer)
      this.#dialog.scrollTop = 0
      set(this.#dialog, { lang: this.#words === words.sv ? 'sv' : 'en' })
      if (!isFirst && this.#dialog.open) this.#made.title.focus()
    }
    const seconds = secondsLeft(this.#state, Date.now())
    this.#made.update({ state: this.#state, words: this.#words, seconds })
    this.#announce(screen, seconds)
  }

  /** At the start what is asked, once when the time grows short, and a code that takes the place of another. */
  #announce(screen: Screen, seconds: number): void {
    const { approval } = this.#state
    if (approval === null || (screen !== 'waiting' && screen !== 'offline')) return
    const code = approval.offline?.challenge ?? ''
    const moment = `${screen} ${code} ${seconds <= toldAt && seconds > 0 ? 'short' : 'long'}`
    if (moment === this.#told) return
    const isNewCode = screen === 'offline' && this.#told?.startsWith('offline') === true && !this.#told.includes(code)
    this.#told = moment
    if (isNewCode) say(this.#announcer, this.#words.newCode(spoken(code)))
    else if (moment.endsWith('short')) say(this.#announcer, this.#words.secondsLeft(seconds))
    else say(this.#announcer, `${approval.headline}. ${this.#words.secondsLeft(seconds)}`)
  }

  async #do(name: Command, body: object): Promise<Answer | null> {
    const session = this.#session
    const { busy } = this.#state
    // Whoever leaves must not be held up by what was asked before.
    if (session?.waiting == null || busy === name || (busy !== null && name !== 'cancel')) return null
    this.#advance({ type: 'began', command: name })
    const answer = await command(session.waiting, name, body)
    if (this.#session !== session) return null
    if (answer.outcome === 'done') this.#advance({ type: 'approval', approval: answer.approval, at: Date.now() })
    this.#advance(
      answer.outcome === 'refused'
        ? { type: 'troubled', trouble: { kind: 'refused', refusal: answer.refusal } }
        : answer.outcome === 'unreachable'
          ? { type: 'troubled', trouble: { kind: 'unreachable' } }
          : { type: 'settled' },
    )
    return answer
  }

  #leave(ending: Ending): void {
    this.#dialog.close()
    this.#finish(ending)
  }

  async #cancel(): Promise<void> {
    const ending = endingOf(screenOf(this.#state), false)
    if (ending !== null) return this.#leave(ending)
    const session = this.#session
    await this.#do('cancel', {})
    // Whoever approved in the same moment is told so; and a server that is not reached keeps nobody here: what is not
    // collected has no effect, and ends by itself.
    if (this.#session === session && screenOf(this.#state) !== 'approved')
      this.#leave({ kind: 'cancelled', again: false })
  }

  readonly #actions: Actions = {
    wake: () => void this.#do('wake', {}),
    goOffline: () => void this.#do('offline', {}),
    respond: (typed) => {
      const response = responseIn(typed)
      if (response === null) this.#advance({ type: 'troubled', trouble: { kind: 'malformed' } })
      else void this.#do('response', { response })
    },
    cancel: () => void this.#cancel(),
    leave: (again) => {
      const ending = endingOf(screenOf(this.#state), again)
      if (ending !== null) this.#leave(ending)
    },
  }
}
