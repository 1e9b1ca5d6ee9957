/** The SMS code, as the person typed it (protocol section 4, step 2). */
import {
  DeviceId,
  equalBytes,
  generateEcdhKey,
  type LinkingCodeAnswer,
  type LinkingCodeBody,
  publicJwkOf,
} from '@countersign/protocol'
import type * as z from 'zod/mini'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { hashCode, judgeCode } from '../sms-codes/index.ts'
import { type Linking, refusalOfStep } from './linking.ts'
import { readUsedCodeHash, type ServerKeys, spendCodeTry, writeKeysStep } from './linking-store.ts'
import { purposeOf } from './send-code.ts'
import { endLinking, type HeldLinking, refused, type StepOutcome, taken, takeStep } from './take-step.ts'
import type { VerifiedLinking } from './verify-linking.ts'

type CodeAnswer = z.output<typeof LinkingCodeAnswer>

/** Made for every try, right or wrong, before the transaction. */
async function makeKeys(context: Context, linking: Linking): Promise<ServerKeys> {
  const { privateKey, publicKey } = await generateEcdhKey()
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey))
  return {
    device: DeviceId.parse(context.random.id('dev')),
    sealedEcdhPrivate: context.seal.seal(pkcs8, linking.id),
    ecdhJwk: await publicJwkOf(publicKey),
  }
}

/** The right code once more, because the answer was lost: the same answer. Anything else is out of turn. */
async function answerAgain(
  transaction: Transaction,
  linking: Linking,
  submitted: Uint8Array,
): Promise<StepOutcome<CodeAnswer>> {
  const same = equalBytes(await readUsedCodeHash(transaction, linking.id), submitted)
  if (!same || linking.device === null || linking.ecdhJwk === null) return refused('wrong_step')
  return taken({
    device: linking.device,
    account: linking.account,
    server_ecdh_jwk: linking.ecdhJwk,
    expires: linking.expiresAt,
  })
}

async function refuseWrong(
  transaction: Transaction,
  linking: Linking,
  triesLeft: number,
): Promise<StepOutcome<CodeAnswer>> {
  await recordAudit(transaction, {
    kind: 'linking.code-wrong',
    account: linking.account,
    detail: { linking: linking.id, tries_left: triesLeft },
  })
  if (triesLeft === 0) await endLinking(transaction, linking, 'codes-spent')
  return refused('code_refused', { tries_left: triesLeft })
}

async function judge(
  transaction: Transaction,
  { linking, now }: HeldLinking,
  submitted: Uint8Array,
  keys: ServerKeys,
): Promise<StepOutcome<CodeAnswer>> {
  const refusal = refusalOfStep(linking, 'code', now)
  if (refusal !== null) return refused(refusal)
  // The digits are the phone's own: they count for nothing before somebody typed them on the page.
  if (linking.confirmedBy === 'nobody-yet') return refused('wrong_step')
  const verdict = await judgeCode(transaction, linking.account, submitted, () => spendCodeTry(transaction, linking.id))
  if (verdict.kind === 'limited') return refused('rate_limited', { retry_after: verdict.retryAfter })
  if (verdict.kind === 'none') return refused('link_expired')
  if (verdict.kind === 'wrong') return refuseWrong(transaction, linking, verdict.triesLeft)

  const expires = await writeKeysStep(transaction, linking.id, keys)
  await recordAudit(transaction, {
    kind: 'linking.code-right',
    account: linking.account,
    device: keys.device,
    detail: { linking: linking.id },
  })
  return taken({ device: keys.device, account: linking.account, server_ecdh_jwk: keys.ecdhJwk, expires })
}

/**
 * Judges an SMS code. A try of the linking and one of the account are spent before anything is compared; the fifth
 * wrong code ends the linking.
 *
 * @throws Refusal `code_refused` with `tries_left`, `link_expired`, `wrong_step`, `rate_limited`, and those of `takeStep`
 */
export async function submitCode(
  context: Context,
  verified: VerifiedLinking,
  { code }: z.output<typeof LinkingCodeBody>,
): Promise<CodeAnswer> {
  const submitted = hashCode(context, purposeOf(verified.linking.id), code)
  const keys = await makeKeys(context, verified.linking)
  return takeStep(context, verified, 'share', async (transaction, held) =>
    held.linking.state === 'keys' && held.now < held.linking.expiresAt
      ? answerAgain(transaction, held.linking, submitted)
      : judge(transaction, held, submitted, keys),
  )
}
