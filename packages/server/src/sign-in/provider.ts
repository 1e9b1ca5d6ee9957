/** The OpenID Connect provider: oidc-provider, with our accounts, applications, storage and rules. */
import { AccountId, ApplicationId, type Locale, locales, thumbprintOf } from '@countersign/protocol'
import {
  type AccountClaims,
  type Configuration,
  type FindAccount,
  interactionPolicy,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider'
import * as z from 'zod/mini'
import { accountById } from '../accounts/index.ts'
import { isApplicationSecret } from '../applications/index.ts'
import type { Context } from '../context.ts'
import { readReceiptKeys } from '../platform/receipt-keys.ts'
import { beginSignIn } from './begin-sign-in.ts'
import { loginStands } from './finish-sign-in.ts'
import { createAdapter } from './oidc-adapter.ts'
import { ownPagePolicy, renderError, renderLogout, renderSignedOut } from './provider-pages.ts'
import { authenticationContexts, SignInId, signInLength } from './sign-in.ts'

export const providerRoutes = {
  authorization: '/oidc/authorize',
  token: '/oidc/token',
  jwks: '/oidc/jwks',
  userinfo: '/oidc/userinfo',
  end_session: '/oidc/logout',
} as const

/** What is given to every application: there is nothing to consent to, the applications are the operator's own. */
const grantedScope = 'openid profile email'

// A login stands for as long as its approval can be redeemed again (24 hours); a session ends when it is not used.
const lifetimes = {
  Interaction: signInLength / 1000,
  Session: 12 * 3600,
  Grant: 24 * 3600,
  AuthorizationCode: 60,
  AccessToken: 600,
  IdToken: 600,
} as const

/** Account and grant of something that is to be given out; undefined unless the login behind it still stands. */
async function findStandingAccount(context: Context, sub: string, grantId: string | undefined) {
  const id = AccountId.safeParse(sub)
  if (!id.success) return undefined
  const account = await context.db.read((query) => accountById(query, id.data))
  if (account?.state !== 'active') return undefined
  if (grantId !== undefined && !(await loginStands(context, SignInId.parse(grantId), id.data))) return undefined
  const { email, name, locale } = account
  const claims = async (): Promise<AccountClaims> => ({ sub, email, name, locale })
  return { accountId: sub, claims }
}

const findAccount =
  (context: Context): FindAccount =>
  (_ctx, sub, token) =>
    findStandingAccount(context, sub, token?.grantId)

/**
 * The grant of this application in this browser's session. Its id is that of the sign-in that gave it, so that a login
 * is good for the application that was on the phone's screen and for no other.
 */
async function loadExistingGrant(context: Context, ctx: KoaContextWithOIDC) {
  const { provider, account, client, session, result } = ctx.oidc
  if (account === undefined || client === undefined) return undefined
  const id = SignInId.safeParse(result?.consent?.grantId ?? session?.grantIdFor(client.clientId))
  if (!id.success) return undefined
  const grant = await provider.Grant.find(id.data)
  if (grant === undefined || grant.accountId !== account.accountId || grant.clientId !== client.clientId)
    return undefined
  const stands = await loginStands(context, id.data, AccountId.parse(account.accountId))
  return stands ? grant : undefined
}

/** When a person must sign in: besides the standard reasons, when no standing login for this application is there. */
function signInPolicy(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base()
  policy.remove('consent')
  policy
    .get('login')
    ?.checks.add(
      new interactionPolicy.Check(
        'no_login',
        'there is no standing login for this application',
        'login_required',
        ({ oidc }) => oidc.session?.accountId !== undefined && oidc.grant?.jti === undefined,
      ),
    )
  return policy
}

function localeOf(ctx: KoaContextWithOIDC, uiLocales: unknown): Locale {
  const wanted = typeof uiLocales === 'string' ? uiLocales.split(' ').map((tag) => tag.slice(0, 2).toLowerCase()) : []
  const named = wanted.map((tag) => locales.find((locale) => locale === tag)).find((locale) => locale !== undefined)
  return named ?? locales.find((locale) => locale === ctx.acceptsLanguages([...locales])) ?? locales[0]
}

function cookiesOf(context: Context): Configuration['cookies'] {
  const secure = context.config.issuer.startsWith('https:')
  const options = { httpOnly: true, sameSite: 'lax', secure } as const
  // `__Host-` wants the path `/`, which only the session has; the others belong to one sign-in each.
  const [host, other] = secure ? ['__Host-', '__Secure-'] : ['', '']
  return {
    names: {
      session: `${host}countersign_session`,
      interaction: `${other}countersign_sign_in`,
      resume: `${other}countersign_resume`,
    },
    long: options,
    short: options,
    keys: context.keys.cookieKeys,
  }
}

function configurationOf(context: Context): Configuration {
  const off = { enabled: false } as const
  return {
    adapter: createAdapter(context),
    findAccount: findAccount(context),
    loadExistingGrant: (ctx) => loadExistingGrant(context, ctx),
    jwks: { keys: [...context.keys.oidcKeys] },
    routes: providerRoutes,
    cookies: cookiesOf(context),
    ttl: lifetimes,
    scopes: ['openid', 'profile', 'email'],
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      email: ['email'],
      profile: ['name', 'locale'],
    },
    acrValues: Object.values(authenticationContexts),
    // Applications need no second request to know who is there.
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic'],
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    pkce: { required: () => true },
    rotateRefreshToken: false,
    clientBasedCORS: () => false,
    interactions: {
      policy: signInPolicy(),
      url: async (ctx, { uid, params }) => {
        const application = ApplicationId.parse(params.client_id)
        await beginSignIn(context, { id: SignInId.parse(uid), application, locale: localeOf(ctx, params.ui_locales) })
        return `/sign-in/${uid}`
      },
    },
    features: {
      devInteractions: off,
      dPoP: off,
      pushedAuthorizationRequests: off,
      resourceIndicators: off,
      userinfo: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => renderLogout(context, ctx, form),
        postLogoutSuccessSource: (ctx) => renderSignedOut(context, ctx),
      },
    },
    renderError: (ctx, out, error) => renderError(context, ctx, out, error),
  }
}

/**
 * Whatever a request says about where it was sent to (Host, forwarding headers, an absolute target), URLs and cookies are
 * made for the configured address alone.
 */
function fixAddress(provider: Provider, issuer: string): void {
  const { protocol, host, hostname } = new URL(issuer)
  const fixed = (value: unknown): PropertyDescriptor => ({ get: () => value, configurable: true })
  Object.defineProperties(provider.request, {
    protocol: fixed(protocol.slice(0, -1)),
    secure: fixed(protocol === 'https:'),
    host: fixed(host),
    hostname: fixed(hostname),
    href: {
      configurable: true,
      get(this: { url: string }) {
        const { pathname, search } = new URL(this.url, issuer)
        return issuer + pathname + search
      },
    },
  })
}

/**
 * Applications speak to the provider from their back ends, with a secret: no page of another origin is to read its
 * answers. oidc-provider allows every origin until it knows the client, and so in refusals too.
 */
async function withoutForeignOrigins(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next()
  for (const name of Object.keys(ctx.response.headers)) if (name.startsWith('access-control-')) ctx.remove(name)
}

const KeySet = z.object({ keys: z.array(z.unknown()) })

/** Receipts are verified by keys of the same set (protocol section 10): they sign nothing else. */
const withReceiptKeys =
  ({ db }: Context) =>
  async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    await next()
    if (ctx.status !== 200 || ctx.oidc?.route !== 'jwks') return
    const keys = await db.read(readReceiptKeys)
    const own = keys.map((jwk) => ({ ...jwk, kid: thumbprintOf(jwk), alg: 'ES256', use: 'sig' }))
    ctx.body = { keys: [...KeySet.parse(ctx.body).keys, ...own] }
  }

/** Makes the provider of a server. */
export function createProvider(context: Context): Provider {
  const provider = new Provider(context.config.issuer, configurationOf(context))
  fixAddress(provider, context.config.issuer)
  provider.Client.prototype.compareClientSecret = function compareClientSecret(
    this: { clientId: string },
    secret: string,
  ) {
    return context.db.read((query) => isApplicationSecret(query, this.clientId, secret))
  }
  provider.use(withoutForeignOrigins)
  provider.use(withReceiptKeys(context))
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.status !== 200 || !ctx.response.is('html')) return
    ctx.set('content-security-policy', ownPagePolicy(ctx.oidc, ctx.response.get('content-security-policy')))
  })
  provider.on('server_error', (_ctx, error) =>
    context.log.error({ err: error }, 'the OpenID Connect provider met a bug'),
  )
  return provider
}

/** Saves what a login gives to the application that was signed in to, under the id of its sign-in. */
export async function saveGrant(
  provider: Provider,
  id: SignInId,
  login: { readonly account: AccountId; readonly application: string },
): Promise<string> {
  const grant = new provider.Grant({ accountId: login.account, clientId: login.application })
  grant.jti = id
  grant.addOIDCScope(grantedScope)
  return grant.save()
}
