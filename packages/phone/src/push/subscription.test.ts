import type { PushDevice } from '@countersign/device'
import { fromBase64url, type PushSubscriptionBody, toBase64url } from '@countersign/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import { endSubscription, ensureSubscribed, PushUnavailable, tellSubscription } from './subscription.ts'

const key = (fill: number) => toBase64url(new Uint8Array(65).fill(fill))
const [first, second] = [key(1), key(2)]

/** What a browser and a server have, and all that is asked of them. */
let happened: string[]
let inUse: string
let told: PushSubscriptionBody | null
let browser: { readonly key: string; readonly endpoint: string } | null
let made: number
let refusal: Error | null

const subscriptionOf = (kept: NonNullable<typeof browser>): PushSubscription => ({
  endpoint: kept.endpoint,
  expirationTime: null,
  options: { applicationServerKey: new Uint8Array(fromBase64url(kept.key)).buffer, userVisibleOnly: true },
  getKey: (name) => new Uint8Array(name === 'p256dh' ? 65 : 16).buffer,
  toJSON: () => ({}),
  unsubscribe: async () => {
    happened.push('browser: unsubscribe')
    browser = null
    return true
  },
})

const manager: PushManager = {
  getSubscription: async () => (browser === null ? null : subscriptionOf(browser)),
  subscribe: async ({ applicationServerKey } = {}) => {
    happened.push('browser: subscribe')
    if (refusal !== null) throw refusal
    if (browser !== null) throw new DOMException('There is one for another key.', 'InvalidStateError')
    if (!(applicationServerKey instanceof Uint8Array)) throw new TypeError('That is no key.')
    browser = { key: toBase64url(applicationServerKey), endpoint: `https://push.example.com/${++made}` }
    return subscriptionOf(browser)
  },
  permissionState: async () => 'granted',
}

const device: PushDevice = {
  readPush: async () => ({ vapid_key: inUse, subscribed: told?.vapid_key === inUse }),
  subscribePush: async (body) => {
    happened.push('server: subscribe')
    told = body
    return { vapid_key: inUse, subscribed: true }
  },
  endPush: async () => {
    happened.push('server: end')
    told = null
  },
  confirmReceived: async () => {},
}

/** Ensures it, and gives what happened meanwhile. */
async function ensured(): Promise<string[]> {
  happened = []
  await ensureSubscribed(manager, device)
  return happened
}

beforeEach(async () => {
  inUse = first
  told = null
  browser = null
  made = 0
  refusal = null
  await ensured()
})

const anew = ['browser: subscribe', 'server: subscribe']

describe('a subscription', () => {
  test('is made once, and nothing happens where all is well', async () => {
    expect(told).toMatchObject({ endpoint: 'https://push.example.com/1', vapid_key: first })
    expect(await ensured()).toEqual([])
  })

  test('for a key that the server has replaced is given up, and another one made', async () => {
    inUse = second
    expect(await ensured()).toEqual(['browser: unsubscribe', ...anew])
    expect(told).toMatchObject({ endpoint: 'https://push.example.com/2', vapid_key: second })
    expect(await ensured()).toEqual([])
  })

  test('that the browser has lost is made anew', async () => {
    browser = null
    expect(await ensured()).toEqual(anew)
    expect(told?.endpoint).toBe('https://push.example.com/2')
  })

  test('that the server has lost is told to it again', async () => {
    told = null
    expect(await ensured()).toEqual(['server: subscribe'])
    expect(told).toMatchObject({ endpoint: 'https://push.example.com/1' })
  })

  test('that the browser has put in the place of another is told to the server, which knows of nothing', async () => {
    browser = { key: first, endpoint: 'https://push.example.com/by-itself' }
    happened = []
    await tellSubscription(manager, device)
    expect(happened).toEqual(['server: subscribe'])
    expect(told?.endpoint).toBe('https://push.example.com/by-itself')
  })

  test('that cannot be had is no push, and that nobody may have is another matter', async () => {
    inUse = second
    refusal = new DOMException('Registration failed.', 'AbortError')
    await expect(ensured()).rejects.toThrow(PushUnavailable)
    refusal = new DOMException('Permission denied.', 'NotAllowedError')
    await expect(ensured()).rejects.toMatchObject({ name: 'NotAllowedError' })
    refusal = null
    expect(await ensured()).toEqual(anew)
  })

  test('that is ended is ended at the server first', async () => {
    happened = []
    await endSubscription(manager, device)
    expect(happened).toEqual(['server: end', 'browser: unsubscribe'])
  })
})
