/**
 * What server, phone and integrators agree on: schemas, canonical bytes, codes, proofs, signatures, error codes.
 *
 * Owns every byte of `docs/protocol.md`. Promises the same results in Node and in browsers. Must never import anything
 * of Node or the DOM beyond WebCrypto, nor do I/O.
 */
export * from './api.ts'
export * from './bytes.ts'
export * from './canonical.ts'
export * from './decision.ts'
export * from './document.ts'
export * from './errors.ts'
export * from './hashes.ts'
export * from './hotp.ts'
export * from './jws.ts'
export * from './keys.ts'
export * from './linking.ts'
export * from './nonce.ts'
export * from './ocra.ts'
export * from './offline.ts'
export * from './proof.ts'
export * from './request-signature.ts'
export * from './totp.ts'
export * from './unlock-secret.ts'
export * from './values.ts'
