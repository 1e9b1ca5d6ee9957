/** Waiting for the end of an approval. */
import { beforeEach, expect, test, vi } from 'vitest'
import {
  answer,
  approved,
  clientOf,
  cut,
  cutShort,
  type FaultyServer,
  pending,
  refuse,
  type StillSystem,
  silence,
  startFaultyServer,
  stillSystem,
} from './server-for-tests.ts'

let server: FaultyServer
let system: StillSystem

beforeEach(async () => {
  server = await startFaultyServer()
  system = stillSystem()
  return () => server[Symbol.asyncDispose]()
})

test('what is over already is told at once', async () => {
  server.order(answer(approved))
  expect(await clientOf(server, system).approvals.wait('a')).toEqual(approved)
  expect(server.asked.map(({ path }) => path)).toEqual(['/v1/approvals/a'])
})

test.each(['approved', 'declined', 'expired', 'cancelled'])('waiting goes on until it is %s', async (state) => {
  const end = { ...approved, state }
  server.order(
    answer(pending),
    answer({ ...pending, version: 'b c' }),
    answer({ ...pending, version: 'b c' }),
    answer(end),
  )
  expect(await clientOf(server, system).approvals.wait('a')).toEqual(end)
  expect(server.asked.map(({ path }) => path)).toEqual([
    '/v1/approvals/a',
    '/v1/approvals/a?wait=25&after=1',
    '/v1/approvals/a?wait=25&after=b+c',
    '/v1/approvals/a?wait=25&after=b+c',
  ])
  expect(system.waits).toEqual([])
})

test('lost connections, a restart and a crowd in between are survived', async () => {
  const unavailable = refuse('unavailable')
  const faults = [cut, cutShort, unavailable, answer('<html>', 502), refuse('rate_limited', { retry_after: 40 })]
  server.order(answer(pending), ...faults, answer(pending), cut, answer(approved))
  expect(await clientOf(server, system).approvals.wait('a')).toEqual(approved)
  expect(system.waits).toEqual([187.5, 375, 750, 1_500, 40_000, 187.5])
})

test('a server that is away from the beginning is waited for as well', async () => {
  server.order(cut, cut, cut, cut, answer(approved))
  expect(await clientOf(server, system).approvals.wait('a')).toEqual(approved)
})

test('after five minutes without an answer nobody waits any more', async () => {
  server.order(answer(pending), cut)
  await expect(clientOf(server, system).approvals.wait('a')).rejects.toMatchObject({ code: 'network' })
  const waited = system.waits.reduce((sum, ms) => sum + ms, 0)
  expect(waited).toBeGreaterThanOrEqual(300_000)
  expect(waited).toBeLessThan(306_000)
})

test('the five minutes begin anew with each answer', async () => {
  const away = refuse('unavailable', { retry_after: 200 })
  server.order(answer(pending), away, answer(pending), away, away, answer(approved))
  expect(await clientOf(server, system).approvals.wait('a')).toEqual(approved)
  server.order(answer(pending), away)
  await expect(clientOf(server, system).approvals.wait('a')).rejects.toMatchObject({ code: 'unavailable' })
})

test.each(['not_found', 'key_refused', 'scope_missing'] as const)('%s ends it', async (code) => {
  server.order(answer(pending), refuse(code))
  await expect(clientOf(server, system).approvals.wait('a')).rejects.toMatchObject({ code })
})

test('a signal ends it, also between two tries', async () => {
  server.order(answer(pending), silence)
  const controller = new AbortController()
  const waiting = clientOf(server, system).approvals.wait('a', { signal: controller.signal })
  await server.nextAsked()
  await server.nextAsked()
  controller.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' })

  server.order(cut)
  const another = new AbortController()
  const patient = { ...system, wait: async () => another.abort() }
  await expect(clientOf(server, patient).approvals.wait('a', { signal: another.signal })).rejects.toMatchObject({
    code: 'aborted',
  })
})

test('an answer that is held back has so much longer', async () => {
  const times = vi.spyOn(AbortSignal, 'timeout')
  server.order(answer(pending), answer(approved))
  await clientOf(server, system).approvals.wait('a')
  expect(times.mock.calls).toEqual([[10_000], [35_000]])
  times.mockRestore()
})
