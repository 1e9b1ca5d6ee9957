/**
 * The OpenAPI document of the server, and the page that shows it.
 *
 * Owns nothing. Promises that every route is in it and no other, which a test holds it to, and every answer with it. Must
 * never tell anything of this very server but its address.
 */
export { documentOf, operations } from './document.ts'
export { registerOpenApi } from './openapi-routes.ts'
