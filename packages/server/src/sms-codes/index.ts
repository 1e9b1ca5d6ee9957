/**
 * SMS codes: six digits that show that a person reads what is sent to the number on file (protocol section 8).
 *
 * Owns how a code is made, hashed, worded and judged, and how many wrong ones an account has; whoever sends one keeps
 * its hash and its tries. Promises that nothing is compared before it was paid for, and that a code is good for what it
 * was made for and for nothing else. Must never keep a code in clear, nor write one into a log.
 */
export { type CodeVerdict, judgeCode, type SpentTry } from './judge-code.ts'
export { type CodePurpose, type FreshCode, hashCode, makeCode } from './make-code.ts'
export { codeLength, codeTries } from './sms-code.ts'
