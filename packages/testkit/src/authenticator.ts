/**
 * A phone's own authenticator in software (WebAuthn Level 3 sections 6 and 7): makes credentials and signs with them, and
 * does on request what no honest one does.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { type Biometrics, BiometricsFailed } from '@countersign/device'
import {
  type Biometric,
  type CredentialAssertion,
  CredentialId,
  type CredentialRegistration,
  concatBytes,
  fromBase64url,
  hmacSha256,
  sha256,
  toBase64url,
  utf8,
} from '@countersign/protocol'

/** CBOR (RFC 8949), as far as authenticators speak it. Keys of maps stay in the order given. */
type Cbor = number | string | Uint8Array | readonly Cbor[] | ReadonlyMap<number | string, Cbor>

function cborHead(major: number, length: number): Uint8Array {
  if (length < 24) return new Uint8Array([(major << 5) | length])
  if (length < 256) return new Uint8Array([(major << 5) | 24, length])
  return new Uint8Array([(major << 5) | 25, length >> 8, length & 255])
}

/** The bytes of a value. */
export function cborOf(value: Cbor): Uint8Array {
  if (typeof value === 'number') return value < 0 ? cborHead(1, -1 - value) : cborHead(0, value)
  if (typeof value === 'string') return concatBytes(cborHead(3, utf8(value).length), utf8(value))
  if (value instanceof Uint8Array) return concatBytes(cborHead(2, value.length), value)
  if (value instanceof Map) {
    return concatBytes(cborHead(5, value.size), ...[...value].flatMap(([key, item]) => [cborOf(key), cborOf(item)]))
  }
  if (Array.isArray(value)) return concatBytes(cborHead(4, value.length), ...value.map(cborOf))
  throw new TypeError('Not a value of this CBOR.')
}

type CoseKey = readonly (readonly [number, number | Uint8Array])[]

/** How keys of an algorithm are made, told (COSE, RFC 9053), and used. */
interface Algorithm {
  readonly id: number
  readonly hash: string | null
  make(): { publicKey: KeyObject; privateKey: KeyObject }
  cose(jwk: JsonWebKey): CoseKey
}

const algorithms: Readonly<Record<'ES256' | 'EdDSA' | 'RS256', Algorithm>> = {
  ES256: {
    id: -7,
    hash: 'sha256',
    make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    cose: ({ x = '', y = '' }) => [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, fromBase64url(x)],
      [-3, fromBase64url(y)],
    ],
  },
  EdDSA: {
    id: -8,
    hash: null,
    make: () => generateKeyPairSync('ed25519'),
    cose: ({ x = '' }) => [
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, fromBase64url(x)],
    ],
  },
  RS256: {
    id: -257,
    hash: 'sha256',
    make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    cose: ({ n = '', e = '' }) => [
      [1, 3],
      [3, -257],
      [-1, fromBase64url(n)],
      [-2, fromBase64url(e)],
    ],
  },
}

/** Bits of the authenticator data (WebAuthn section 6.1). */
const bits = { UP: 1, UV: 4, BE: 8, BS: 16, AT: 64, ED: 128 } as const
export type AuthenticatorFlag = keyof typeof bits

const byteOf = (flags: readonly AuthenticatorFlag[]): number => flags.reduce((byte, flag) => byte | bits[flag], 0)

/** What is otherwise than an honest authenticator on the app's page makes it. */
export interface Ceremony {
  readonly type?: string
  readonly origin?: string
  readonly host?: string
  /** Further members of the client data. */
  readonly clientData?: object
  /** `UP`, `UV`, and with a registration `AT`, unless told. */
  readonly flags?: readonly AuthenticatorFlag[]
  /** The credential that it says it is. */
  readonly credential?: string
  readonly format?: string
  /** The attestation statement, made of the bytes that it speaks for. */
  readonly statement?: (signed: Uint8Array) => ReadonlyMap<string, Cbor>
  /** CBOR of extensions, with the flag `ED`. */
  readonly extensions?: Uint8Array
  readonly counter?: number
}

export interface SoftwareAuthenticator {
  readonly credential: CredentialId
  /** COSE_Key. */
  readonly publicKey: Uint8Array
  register(challenge: Uint8Array, ceremony?: Ceremony): CredentialRegistration
  assert(challenge: Uint8Array, ceremony?: Ceremony): CredentialAssertion
}

const noBytes = new Uint8Array()

/**
 * Makes an authenticator with one credential, for the app at `phoneUrl`.
 *
 * @example
 * const authenticator = createAuthenticator(world.config.phoneUrl)
 * const registration = authenticator.register(sha256(transcript))
 */
export function createAuthenticator(
  phoneUrl: string,
  algorithm: keyof typeof algorithms = 'ES256',
): SoftwareAuthenticator {
  const { hash, make, cose, id: algorithmId } = algorithms[algorithm]
  const { publicKey, privateKey } = make()
  const key = cborOf(new Map(cose(publicKey.export({ format: 'jwk' }))))
  const id = new Uint8Array(randomBytes(32))
  const credential = CredentialId.parse(toBase64url(id))
  const page = new URL(phoneUrl)

  const clientDataOf = (type: string, challenge: Uint8Array, ceremony: Ceremony) =>
    utf8(
      JSON.stringify({
        type: ceremony.type ?? type,
        challenge: toBase64url(challenge),
        origin: ceremony.origin ?? page.origin,
        crossOrigin: false,
        ...ceremony.clientData,
      }),
    )
  const dataOf = (flags: readonly AuthenticatorFlag[], ceremony: Ceremony, attested = noBytes) => {
    const { host = page.hostname, extensions = noBytes, counter = 0 } = ceremony
    const head = new Uint8Array(5)
    head[0] = byteOf(ceremony.flags ?? flags)
    new DataView(head.buffer).setUint32(1, counter)
    return concatBytes(sha256(utf8(host)), head, attested, extensions)
  }
  const signOver = (data: Uint8Array, clientData: Uint8Array) =>
    new Uint8Array(sign(hash, concatBytes(data, sha256(clientData)), privateKey))

  return {
    credential,
    publicKey: key,
    register(challenge, ceremony = {}) {
      const clientData = clientDataOf('webauthn.create', challenge, ceremony)
      const anonymous = new Uint8Array(16)
      const attested = concatBytes(anonymous, new Uint8Array([0, id.length]), id, key)
      const data = dataOf(['UP', 'UV', 'AT'], ceremony, attested)
      const { format = 'none' } = ceremony
      const byItself = () =>
        new Map<string, Cbor>([
          ['alg', algorithmId],
          ['sig', signOver(data, clientData)],
        ])
      const stated = ceremony.statement ?? (format === 'packed' ? byItself : () => new Map<string, Cbor>())
      const attestation = new Map<string, Cbor>([
        ['fmt', format],
        ['attStmt', stated(concatBytes(data, sha256(clientData)))],
        ['authData', data],
      ])
      return {
        credential: CredentialId.parse(ceremony.credential ?? credential),
        client_data: toBase64url(clientData),
        attestation: toBase64url(cborOf(attestation)),
      }
    },
    assert(challenge, ceremony = {}) {
      const clientData = clientDataOf('webauthn.get', challenge, ceremony)
      const data = dataOf(['UP', 'UV'], ceremony)
      return {
        client_data: toBase64url(clientData),
        authenticator_data: toBase64url(data),
        signature: toBase64url(signOver(data, clientData)),
      }
    },
  }
}

/**
 * Fingerprint or face of a phone whose person always confirms: a new credential whenever one is made, and the PRF extension.
 *
 * @example
 * const phone = await world.linkPhone(anna, usualPasscode, createBiometrics(world.config.phoneUrl, 'fpt'))
 */
export function createBiometrics(phoneUrl: string, kind: Biometric): Biometrics {
  const prfKey = new Uint8Array(randomBytes(32))
  const credentials = new Map<CredentialId, SoftwareAuthenticator>()
  const prfOf = (credential: CredentialId, salt: Uint8Array) => hmacSha256(prfKey, utf8(credential), salt)
  return {
    kind,
    async enrol({ challenge, salt }) {
      const authenticator = createAuthenticator(phoneUrl)
      credentials.set(authenticator.credential, authenticator)
      return { registration: authenticator.register(challenge), prf: prfOf(authenticator.credential, salt) }
    },
    async unlock({ credential, challenge, salt }) {
      const authenticator = credentials.get(credential)
      if (authenticator === undefined) throw new BiometricsFailed('unavailable', 'There is no such credential.')
      return { assertion: authenticator.assert(challenge), prf: prfOf(credential, salt) }
    },
  }
}
