/** Which push services pushes go to. An endpoint is an address that somebody else chose: hosts are named, not guessed. */
import { z } from 'zod'

export interface PushConfig {
  /** Hosts of push services, with their ports where they have one. `*.` stands for one or more labels. */
  readonly hosts: readonly string[]
}

/** The push services of the browsers that people have. */
export const usualPushHosts: readonly string[] = [
  'fcm.googleapis.com',
  '*.push.services.mozilla.com',
  '*.push.apple.com',
  '*.notify.windows.com',
]

const host = /^(\*\.[a-z0-9-]+\.|[a-z0-9-]+\.)([a-z0-9-]+\.)*[a-z0-9-]+$/

/** Hosts in a variable, with commas between them. */
export const pushHosts = z.string().transform((text, context): readonly string[] => {
  const hosts = text.split(/[\s,]+/).filter((part) => part !== '')
  if (hosts.every((one) => host.test(one))) return hosts
  context.addIssue('must be hosts of push services with commas between them, such as push.example.com or *.example.com')
  return z.NEVER
})
