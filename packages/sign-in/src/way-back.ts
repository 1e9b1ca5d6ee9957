/** The way back to the application, for a page that is opened again when its sign-in is over. */

export interface WayBack {
  readonly application: string
  readonly url: string
}

/** Keeps it with this entry of the window's history: another window, or another sign-in, does not have it. */
export function keepWayBack(wayBack: WayBack): void {
  history.replaceState(wayBack, '')
}

/** The way back as it was kept, or null where nothing of the kind was: only a place that a browser can visit. */
export function readWayBack(kept: unknown): WayBack | null {
  if (typeof kept !== 'object' || kept === null || !('application' in kept) || !('url' in kept)) return null
  const { application, url } = kept
  if (typeof application !== 'string' || typeof url !== 'string' || !URL.canParse(url)) return null
  return /^https?:$/.test(new URL(url).protocol) ? { application, url } : null
}
