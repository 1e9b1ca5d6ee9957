/**
 * Accounts: who can sign in, and whether they may.
 *
 * Owns `accounts`. Promises that a password is judged at the same cost whether the account exists or not, and that an
 * account that is locked or disabled has no live approval afterwards. Must never tell which part of e-mail and password
 * was wrong.
 */
export { type Account, type AccountState, maskPhoneNumber, phoneNumberOf } from './account.ts'
export {
  accountById,
  changeAccount,
  eraseAccount,
  findAccount,
  holdAccount,
  insertMadeAccount,
  isMadeBy,
  type MadeAccount,
  writeAccountState,
} from './account-store.ts'
export { type AccountInput, type AddedAccount, addAccount, faultsOfPerson, writtenEmail } from './add-account.ts'
export { disableAccount, type LiveApprovals, lockAccount } from './close-account.ts'
export { type ImportedAccounts, importAccounts } from './import-accounts.ts'
export { verifyPassword } from './verify-password.ts'
