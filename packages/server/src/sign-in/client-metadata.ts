/** PURE: an application as OpenID Connect sees it (RFC 7591 section 2). */
import type { ClientMetadata } from 'oidc-provider'
import type { Application } from '../applications/index.ts'

/** @param application as registered */
export const clientMetadataOf = (application: Application): ClientMetadata => ({
  client_id: application.id,
  client_name: application.name,
  // Secrets are kept as hashes and judged by `isApplicationSecret`; oidc-provider only wants that there is one.
  client_secret: 'kept-as-a-hash',
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: [...application.redirectUris],
  post_logout_redirect_uris: [...application.postLogoutRedirectUris],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  id_token_signed_response_alg: 'ES256',
})
