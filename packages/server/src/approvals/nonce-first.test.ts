/**
 * A nonce is the first row that a signed write holds. Were it not, two different writes of a phone with one nonce would
 * hold what the other one waits for, and each of their deadlocks keeps everybody's connections busy for a second.
 */
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { onPostgres } from './world-for-tests.ts'

onPostgres((setScene) => {
  test('what the phone signs takes its nonce before it holds anything else', async () => {
    await using scene = await setScene()
    const { phone } = scene
    const [first, second] = [await scene.ask(), await scene.ask()]
    const shown = await scene.shown(first)
    const toDecline = await scene.shown(second)

    const transactions = new Map<object, string[]>()
    const { query } = pg.Client.prototype
    const written: string[][] = []
    const listening = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args) {
      const [asked] = args as readonly unknown[]
      const text = typeof asked === 'object' && asked !== null && 'text' in asked ? String(asked.text) : String(asked)
      if (text.startsWith('begin')) {
        const statements: string[] = []
        written.push(statements)
        transactions.set(this, statements)
      } else transactions.get(this)?.push(text)
      return Reflect.apply(query, this, args)
    })
    expect(await scene.approve(shown)).toEqual({ outcome: 'decided', state: 'approved' })
    await phone.decline(toDecline)
    await phone.endPush()
    listening.mockRestore()

    const signed = written.filter((statements) => statements.some((text) => text.startsWith('insert into "nonces"')))
    expect(signed).toHaveLength(3)
    for (const [statement] of signed) expect(statement).toMatch(/^insert into "nonces"/)
  })
})
