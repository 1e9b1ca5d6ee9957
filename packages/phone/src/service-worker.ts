/**
 * Opens the app without network: every file of a version is fetched when it is installed, and served from there.
 *
 * A new version waits until the person, or the end of all its windows, lets it in: a request under way is never pulled
 * from under a finger. `/config.json` and the server are never answered from here.
 */
import { cleanupOutdatedCaches, matchPrecache, precacheAndRoute } from 'workbox-precaching'

declare const self: ServiceWorkerGlobalScope & {
  readonly __WB_MANIFEST: readonly { readonly url: string; readonly revision: string | null }[]
}

cleanupOutdatedCaches()
precacheAndRoute([...self.__WB_MANIFEST])

self.addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate') return
  event.respondWith(matchPrecache('/index.html').then((page) => page ?? fetch(event.request)))
})

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting()
})
