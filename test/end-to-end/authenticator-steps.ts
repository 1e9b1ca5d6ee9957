/** A phone's own authenticator, as Chromium plays it, and what the person does at it. */
import type { PhoneWindow } from './stage.ts'

export interface PhoneAuthenticator {
  /** The finger or face is not recognised from now on. There is no way back but `replace`. */
  recogniseNobody(): Promise<void>
  /** Whether the person answers the phone's question at all. */
  setAnswers(answers: boolean): Promise<void>
  /** Another authenticator in the place of this one, without its credentials. */
  replace(): Promise<void>
  /** How many credentials it holds. */
  credentials(): Promise<number>
}

/** Gives the phone fingerprint or face. @param hasPrf without it, it can sign but opens nothing */
export async function addAuthenticator(
  { page, context }: PhoneWindow,
  { hasPrf = true }: { readonly hasPrf?: boolean } = {},
): Promise<PhoneAuthenticator> {
  const session = await context.newCDPSession(page)
  const add = () =>
    session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        hasPrf,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
  await session.send('WebAuthn.enable')
  let { authenticatorId } = await add()
  return {
    async recogniseNobody() {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
    },
    async setAnswers(enabled) {
      await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
    },
    async replace() {
      await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
      authenticatorId = (await add()).authenticatorId
    },
    async credentials() {
      return (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length
    },
  }
}
