/** What the page asks Strand's server. Null where no right answer came. */
import {
  AccountView,
  LogoutAnswer,
  type ProblemKind,
  problemKinds,
  TransferAnswer,
  type TransferBody,
} from '../src/account-view.ts'

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

async function postTransfer(path: string, body: object): Promise<TransferAnswer | null> {
  try {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
    return answer.ok ? TransferAnswer.parse(await answer.json()) : null
  } catch {
    return null
  }
}

export const sendTransfer = (body: TransferBody): Promise<TransferAnswer | null> => postTransfer('/api/transfers', body)

/** Has Strand look what became of a transfer, and book it where it was approved. */
export const settleTransfer = (id: string): Promise<TransferAnswer | null> =>
  postTransfer(`/api/transfers/${id}/settle`, {})

/** The problem that the address names, if it does. */
export const problemOf = (path: string): ProblemKind | null =>
  problemKinds.find((kind) => path === `/problem/${kind}`) ?? null
