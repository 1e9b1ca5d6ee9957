/** Where the app is. One union, one step function, no I/O. */
import { type LinkedEvent, type LinkedState, linkedAt, stepLinked } from './linked-state.ts'
import type { Opened } from './opening.ts'

/** `unfinished`: linking was left before the server had activated this phone. */
export type NotLinked = 'new' | 'lost' | 'logged-out' | 'unfinished'

export type AppState =
  | { readonly at: 'starting' }
  /** What is kept could not be read. Not the same as not being linked: nothing is linked anew from here. */
  | { readonly at: 'storage-failed' }
  | { readonly at: 'not-linked'; readonly why: NotLinked }
  | { readonly at: 'linking' }
  | { readonly at: 'linked'; readonly linked: LinkedState }

export type AppEvent =
  | { readonly type: 'storage-failed' }
  | { readonly type: 'not-linked'; readonly why: NotLinked }
  /** The person chose to link this phone; nothing else leads there. */
  | { readonly type: 'link-chosen' }
  | { readonly type: 'opened-app'; readonly opened: Opened }
  | { readonly type: 'start-again' }
  | LinkedEvent

export const starting: AppState = { at: 'starting' }

/** Where the app is with what was found when it was opened. */
export function stateAfter(opened: Opened): AppState {
  switch (opened.kind) {
    case 'failed':
      return { at: 'storage-failed' }
    case 'none':
    case 'lost':
      return { at: 'not-linked', why: opened.kind === 'lost' ? 'lost' : 'new' }
    case 'device': {
      const linked = linkedAt(opened.device)
      if (opened.first === null) return { at: 'linked', linked }
      return {
        at: 'linked',
        linked: stepLinked(linked, { type: 'news', news: { kind: 'approvals', ...opened.first } }),
      }
    }
  }
}

/** The next state. Events that do not fit where the app is change nothing. */
export function stepApp(state: AppState, event: AppEvent): AppState {
  switch (event.type) {
    case 'storage-failed':
      return { at: 'storage-failed' }
    case 'not-linked':
      return { at: 'not-linked', why: event.why }
    case 'link-chosen':
      return { at: 'linking' }
    case 'opened-app':
      return stateAfter(event.opened)
    case 'start-again':
      return starting
    default:
      return state.at === 'linked' ? { at: 'linked', linked: stepLinked(state.linked, event) } : state
  }
}

/** Whether nothing is under way that loading the app again would take away. */
export function isIdle(state: AppState): boolean {
  switch (state.at) {
    case 'starting':
    case 'linking':
      return false
    case 'storage-failed':
    case 'not-linked':
      return true
    case 'linked':
      return state.linked.view.view === 'home'
  }
}
