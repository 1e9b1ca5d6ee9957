/**
 * Which scripts may run beside the page's own: the service worker and the worker for the passcode, both of this origin.
 *
 * Everything else that could turn text into script or markup is refused by the browser where the server's policy says
 * `require-trusted-types-for 'script'; trusted-types default`.
 */
declare global {
  interface Window {
    readonly trustedTypes?: {
      createPolicy(name: string, rules: { createScriptURL(url: string): string }): unknown
    }
  }
}

/** @throws TypeError for a script of another origin */
export function ownScript(url: string, origin: string): string {
  if (new URL(url, origin).origin !== origin) throw new TypeError('Scripts come from this app alone.')
  return url
}

/** Called once, before anything else. Without trusted types in the browser it does nothing. */
export function allowOwnWorkers(): void {
  window.trustedTypes?.createPolicy('default', { createScriptURL: (url) => ownScript(url, location.origin) })
}
