/**
 * Linking: making a device part of an account (protocol section 4).
 *
 * Owns `linkings` and `linking_offers`. Promises that only who knows the password, reads the SMS and holds the key that began the linking
 * ends up with a device; that five wrong codes or proofs end it, however many come at once; and that what is wrong with
 * e-mail, password or account is never told apart. Must never keep anything computed from the unlock secret, nor link a
 * second device beside one that is linked.
 */
export { registerLinking } from './linking-routes.ts'
export { sweepLinkings } from './linking-store.ts'
export { confirmOffer, offerLinking, readOfferProgress } from './offer-linking.ts'
