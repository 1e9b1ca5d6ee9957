/** What every screen of a state is given. */
import type { SignInState } from '@countersign/protocol'
import type { Page } from '../page.ts'
import type { Commands } from '../use-sign-in.ts'

export interface ScreenProps<Step extends SignInState['step']> {
  readonly page: Page
  readonly state: Extract<SignInState, { step: Step }>
  readonly commands: Commands
}
