/** What the test and the process of the server say to each other. */
import type { Config } from '@countersign/server'

export type ToServer =
  | { readonly kind: 'start'; readonly config: Config }
  /** Collect a result as the back end of an application would. */
  | { readonly kind: 'redeem'; readonly call: number; readonly approval: string; readonly redemption: string }
  /** Ask a person to sign in, and be killed once that is committed. */
  | { readonly kind: 'ask-and-die'; readonly account: string; readonly device: string }
  /** Cancel an approval, and be killed once that is committed. */
  | { readonly kind: 'cancel-and-die'; readonly approval: string }
  | { readonly kind: 'stop' }

export type FromServer =
  | { readonly kind: 'ready' }
  /** `code`: why it was refused; null where it was not. */
  | { readonly kind: 'redeemed'; readonly call: number; readonly code: string | null }

/** Argon2 would only slow the load down: its strength is not what is tried here. */
export const cheapPasswordCost = { memoryCost: 64, timeCost: 1, parallelism: 1 }
