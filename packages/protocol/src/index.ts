/**
 * What server, phone and SDK agree on, true to the byte: schemas, canonical form, signatures, proofs, codes, error codes.
 *
 * Owns every byte of docs/protocol.md. Promises the same answers in Node and in browsers, and to refuse whatever is not
 * exactly as the protocol says. Must never do I/O, ask for the time or for randomness of its own (keys excepted, which
 * WebCrypto makes), or import anything of Node or the DOM.
 */
export * from './accounts-api.ts'
export * from './api.ts'
export * from './application-api.ts'
export * from './biometrics.ts'
export * from './bytes.ts'
export * from './canonical.ts'
export * from './decision.ts'
export * from './document.ts'
export * from './errors.ts'
export * from './hashes.ts'
export * from './hotp.ts'
export * from './iban.ts'
export * from './jws.ts'
export * from './keys.ts'
export * from './linking.ts'
export * from './money.ts'
export * from './nonce.ts'
export * from './ocra.ts'
export * from './offline.ts'
export * from './proof.ts'
export * from './push.ts'
export * from './receipt.ts'
export * from './renewal.ts'
export * from './request-signature.ts'
export * from './template.ts'
export * from './totp.ts'
export * from './unlock-secret.ts'
export * from './values.ts'
export * from './webhook.ts'
