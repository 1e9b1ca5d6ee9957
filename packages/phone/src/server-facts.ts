/** Where this app's server is, and what it says about itself. Kept, so that support can be found without network. */
import { readServer } from '@countersign/device'
import * as z from 'zod/mini'
import type { ServerFacts } from './kept-values.ts'
import { keepServerFacts } from './storage.ts'

const AppConfig = z.object({ api: z.url() })

/** The URL of the server, from the origin that serves the app. @throws without network */
export async function readApiUrl(): Promise<string> {
  const response = await fetch('/config.json', { cache: 'no-store' })
  return AppConfig.parse(await response.json()).api
}

/** Asks the server anew. @param issuer of the linked device, or null before linking. @throws without network */
export async function refreshServerFacts(issuer: string | null): Promise<ServerFacts> {
  const api = issuer ?? (await readApiUrl())
  const server = await readServer({ apiUrl: api })
  const facts = { api, name: server.name, supportEmail: server.support_email }
  await keepServerFacts(facts)
  return facts
}
