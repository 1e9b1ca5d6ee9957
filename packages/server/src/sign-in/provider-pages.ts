/** What oidc-provider shows to a person: errors and signing out. */
import { type Locale, locales } from '@countersign/protocol'
import type { ErrorOut, errors, KoaContextWithOIDC } from 'oidc-provider'
import type { Context } from '../context.ts'
import { pageNonce } from './page-nonce.ts'
import { renderSmallPage, type SmallPage, smallPagePolicy } from './small-page.ts'
import { words } from './words.ts'

function localeOf(ctx: KoaContextWithOIDC): Locale {
  const accepted = ctx.acceptsLanguages([...locales])
  return locales.find((locale) => locale === accepted) ?? locales[0]
}

function show(
  context: Context,
  ctx: KoaContextWithOIDC,
  pageOf: (locale: Locale, nonce: string) => Pick<SmallPage, 'title' | 'text' | 'html' | 'note'>,
  targets: readonly string[] = [],
): void {
  const locale = localeOf(ctx)
  const nonce = pageNonce(context)
  ctx.set('content-security-policy', smallPagePolicy(nonce, targets))
  ctx.vary('accept-language')
  ctx.type = 'text/html; charset=utf-8'
  ctx.body = renderSmallPage({ locale, nonce, brand: context.config.brand, ...pageOf(locale, nonce) })
}

/** An error that no application can be told of. What a stranger sent is not repeated on the page. */
export function renderError(
  context: Context,
  ctx: KoaContextWithOIDC,
  out: ErrorOut,
  error: errors.OIDCProviderError | Error,
): void {
  show(context, ctx, (locale) => {
    const say = words[locale]
    const isOver = error.name === 'SessionNotFound'
    const text = isOver ? say.signInOver : out.error === 'server_error' ? say.ourFault : say.badRequest
    return { title: say.signInStopped, text, note: say.errorCode(out.error) }
  })
}

interface Form {
  readonly session?: { readonly state?: Readonly<Record<string, unknown>> | undefined } | undefined
  readonly entities: { readonly Interaction?: { readonly params: Readonly<Record<string, unknown>> } | undefined }
}

/**
 * The origins that a form ends up at by redirects: where the application wants the browser after signing out, and where
 * a sign-in goes on to after somebody else was signed out for it. Both addresses were held against the registered ones.
 */
function formTargets({ session, entities }: Form): string[] {
  const targets = [session?.state?.postLogoutRedirectUri, entities.Interaction?.params.redirect_uri]
  return targets.filter((target) => typeof target === 'string').map((target) => new URL(target).origin)
}

/**
 * Whether an application sent the browser that knows who is here: by the subject (OpenID Connect RP-Initiated Logout,
 * `logout_hint`), which only applications know, or by an ID token, which then stands in an address.
 */
function isOfApplication({ client, params, entities, session }: KoaContextWithOIDC['oidc']): boolean {
  const subject = entities.IdTokenHint?.payload.sub ?? (client === undefined ? undefined : params?.logout_hint)
  return subject !== undefined && subject === session?.accountId
}

/**
 * Signing out. An application that names the person who is here speaks for that person, and the page goes on by itself;
 * anybody else could have sent the browser here, and the person is asked.
 *
 * @param form a form without a button, by oidc-provider, with its protection against forgery
 */
export function renderLogout(context: Context, ctx: KoaContextWithOIDC, form: string): void {
  const isWanted = isOfApplication(ctx.oidc)
  const page = (locale: Locale, nonce: string) => {
    const say = words[locale]
    const rest = `<input type="hidden" name="logout" value="yes"><button type="submit">${say.signOutButton}</button></form>`
    const goOn = `<script nonce="${nonce}">document.forms[0].submit()</script>`
    return {
      title: say.signOutTitle,
      text: isWanted ? say.signingOut : say.signOutQuestion(context.config.brand.name),
      html: `${form.replace('</form>', rest)}${isWanted ? goOn : ''}`,
    }
  }
  show(context, ctx, page, formTargets(ctx.oidc))
}

/** After signing out, where the application named no place to go to. */
export function renderSignedOut(context: Context, ctx: KoaContextWithOIDC): void {
  show(context, ctx, (locale) => ({ title: words[locale].signedOutTitle, text: words[locale].signedOut }))
}

/** The policy of a page of oidc-provider's own: a form that sends itself, or none at all. */
export const ownPagePolicy = (oidc: Form, policy: string): string => {
  const targets = formTargets(oidc).filter((target) => !policy.includes(target))
  return policy.replace("form-action 'self'", ["form-action 'self'", ...targets].join(' '))
}
