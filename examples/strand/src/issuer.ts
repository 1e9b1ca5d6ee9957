/**
 * Logging in at the issuer: OpenID Connect's authorization code flow with PKCE, by `openid-client`.
 *
 * The issuer is discovered when it is first needed, and again until it answers: Strand starts without it.
 */
import * as client from 'openid-client'
import * as z from 'zod'
import type { Customer } from './account-store.ts'
import { isLoopback, type StrandConfig } from './config.ts'
import type { PendingLogin } from './session-store.ts'

export interface Departure {
  readonly location: string
  readonly state: string
  readonly login: PendingLogin
}

export type Arrival =
  | { readonly kind: 'arrived'; readonly customer: Customer }
  /** The person, or the issuer, said no. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'unreachable' }
  /** The answer is not what it should be. `fault` is a code, never a value. */
  | { readonly kind: 'failed'; readonly fault: string }

export interface Issuer {
  /** Null when the issuer does not answer. @param again whether it must ask who is there, however well it knows the browser */
  depart(locale: string | null, again: boolean): Promise<Departure | null>
  /** @param url the callback as it was requested, under Strand's configured address */
  arrive(url: URL, state: string, login: PendingLogin): Promise<Arrival>
  /** Where the browser goes to end the customer's login at the issuer too; null when the issuer does not answer. */
  farewell(subject: string): Promise<string | null>
}

const scope = 'openid profile email'
/** Seconds that one request to the issuer may take. */
const patience = 10

const Claims = z.object({ name: z.string().min(1).optional(), email: z.string().min(1).optional() })

const codeOf = (error: unknown): string =>
  error instanceof Error ? ('code' in error && typeof error.code === 'string' ? error.code : error.name) : 'unknown'

// fetch says TypeError when no answer came, and a timeout is a DOMException; what the issuer said has other names.
const isUnreachable = (error: unknown): boolean => {
  const cause = error instanceof Error ? error.cause : undefined
  const names = [error, cause].map((one) => (one instanceof Error ? one.name : ''))
  return names.includes('TimeoutError') || (error instanceof TypeError && error.message === 'fetch failed')
}

function discover({ issuer, clientId, clientSecret }: StrandConfig): Promise<client.Configuration> {
  const url = new URL(issuer)
  const insecure = url.protocol === 'http:' && isLoopback(url)
  return client.discovery(url, clientId, undefined, client.ClientSecretBasic(clientSecret), {
    timeout: patience,
    // Signatures are checked although the token came straight from the issuer: on localhost there is no TLS to vouch.
    execute: [client.enableNonRepudiationChecks, ...(insecure ? [client.allowInsecureRequests] : [])],
  })
}

async function customerOf(oidc: client.Configuration, accessToken: string, subject: string): Promise<Customer> {
  const { name, email } = Claims.parse(await client.fetchUserInfo(oidc, accessToken, subject))
  return { subject, name: name ?? email ?? subject, email: email ?? '' }
}

async function exchange(
  oidc: client.Configuration,
  url: URL,
  state: string,
  { nonce, codeVerifier }: PendingLogin,
): Promise<Arrival> {
  const tokens = await client.authorizationCodeGrant(oidc, url, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: codeVerifier,
    idTokenExpected: true,
  })
  const subject = tokens.claims()?.sub
  if (subject === undefined) return { kind: 'failed', fault: 'no_id_token' }
  return { kind: 'arrived', customer: await customerOf(oidc, tokens.access_token, subject) }
}

/** @param onFault is told why the issuer could not be used: a code, never a value */
export function issuerOf(config: StrandConfig, onFault: (fault: string) => void): Issuer {
  let found: Promise<client.Configuration> | null = null
  const discovered = async (): Promise<client.Configuration | null> => {
    found ??= discover(config)
    const asked = found
    try {
      return await asked
    } catch (error) {
      // Whoever comes next asks anew.
      if (found === asked) found = null
      onFault(`the issuer could not be discovered: ${codeOf(error)}`)
      return null
    }
  }
  return {
    depart: async (locale, again) => {
      const oidc = await discovered()
      if (oidc === null) return null
      const state = client.randomState()
      const login = { nonce: client.randomNonce(), codeVerifier: client.randomPKCECodeVerifier() }
      const location = client.buildAuthorizationUrl(oidc, {
        redirect_uri: `${config.url}/callback`,
        scope,
        state,
        nonce: login.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(login.codeVerifier),
        code_challenge_method: 'S256',
        ...(locale === null ? {} : { ui_locales: locale }),
        ...(again ? { prompt: 'login' } : {}),
      })
      return { location: location.href, state, login }
    },
    arrive: async (url, state, login) => {
      const oidc = await discovered()
      if (oidc === null) return { kind: 'unreachable' }
      try {
        return await exchange(oidc, url, state, login)
      } catch (error) {
        if (error instanceof client.AuthorizationResponseError && error.error === 'access_denied') {
          return { kind: 'cancelled' }
        }
        return isUnreachable(error) ? { kind: 'unreachable' } : { kind: 'failed', fault: codeOf(error) }
      }
    },
    farewell: async (subject) => {
      const oidc = await discovered()
      if (oidc?.serverMetadata().end_session_endpoint === undefined) return null
      return client.buildEndSessionUrl(oidc, {
        // Not the ID token: addresses are kept in histories and logs.
        logout_hint: subject,
        post_logout_redirect_uri: `${config.url}/`,
      }).href
    },
  }
}
