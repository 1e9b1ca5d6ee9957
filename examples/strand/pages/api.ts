/** What the page asks Strand's server. Null where no right answer came. */
import { AccountView, LogoutAnswer, type ProblemKind, problemKinds } from '../src/account-view.ts'

export async function readAccount(): Promise<AccountView | null> {
  try {
    const answer = await fetch('/api/account', { cache: 'no-store' })
    return answer.ok ? AccountView.parse(await answer.json()) : null
  } catch {
    return null
  }
}

/** Ends the session here; resolves with where to go to end it at the issuer too. */
export async function logOut(): Promise<string | null> {
  try {
    const answer = await fetch('/logout', { method: 'POST' })
    return answer.ok ? LogoutAnswer.parse(await answer.json()).location : null
  } catch {
    return null
  }
}

/** The problem that the address names, if it does. */
export const problemOf = (path: string): ProblemKind | null =>
  problemKinds.find((kind) => path === `/problem/${kind}`) ?? null
