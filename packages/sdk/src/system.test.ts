import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { thisMachine } from './system.ts'

test('a wait ends in its time, or with its signal, and leaves nothing behind', async () => {
  await thisMachine.wait(1, undefined)
  const controller = new AbortController()
  await thisMachine.wait(1, controller.signal)
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  const waiting = thisMachine.wait(60_000, controller.signal)
  controller.abort()
  await waiting
  await thisMachine.wait(60_000, controller.signal)
})
