/**
 * Opens the app without network: every file of a version is fetched and checked when that version is installed, and
 * answered from there. One cache for each version, and a version is there whole or not at all.
 *
 * A new version waits until the app lets it in, or all windows are gone. The files of the version before it stay: a
 * window in which something is under way goes on with them, and may still load one. `/config.json`, the manifest and
 * the server are never answered from here.
 */

import { onNotificationClick, onPush, onSubscriptionChange } from './push/wake-up.ts'

/** A file of this version. */
interface AppFile {
  /** Without a slash at its begin. */
  readonly url: string
  /** `sha256-…` (Subresource Integrity): a server in the middle of its own update cannot mix two versions. */
  readonly integrity: string
}

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: readonly AppFile[] }

const files = self.__WB_MANIFEST
const paths = new Set(files.map(({ url }) => `/${url}`))

async function hashOfFiles(): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(files)))
  return btoa(String.fromCharCode(...new Uint8Array(hash)))
}

const version = hashOfFiles()

async function install(): Promise<void> {
  const cache = await caches.open(await version)
  await Promise.all(
    files.map(async ({ url, integrity }) => {
      const response = await fetch(`/${url}`, { integrity, cache: 'no-cache' })
      if (!response.ok) throw new Error(`/${url} cannot be had.`)
      await cache.put(`/${url}`, response)
    }),
  )
}

/** Keeps this version and the one before it, and takes in windows that were opened before there was any. */
async function activate(): Promise<void> {
  const own = await version
  const others = (await caches.keys()).filter((name) => name !== own)
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)))
  await self.clients.claim()
}

async function answer(path: string, request: Request): Promise<Response> {
  // Names under assets/ carry a hash of their content, so that it does not matter which version kept them.
  const kept = path.startsWith('/assets/') ? {} : { cacheName: await version }
  return (await caches.match(path, kept)) ?? fetch(request)
}

self.addEventListener('install', (event) => event.waitUntil(install()))
self.addEventListener('activate', (event) => event.waitUntil(activate()))

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(answer('/index.html', request))
  else if (paths.has(pathname) || pathname.startsWith('/assets/')) event.respondWith(answer(pathname, request))
})

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting()
})

self.addEventListener('push', (event) => event.waitUntil(onPush(self, event.data)))
self.addEventListener('notificationclick', (event) => event.waitUntil(onNotificationClick(self, event)))
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(onSubscriptionChange(self)))
