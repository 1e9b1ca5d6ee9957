/** A process of clients: people who pay, begun evenly. */
import { setTimeout as delay } from 'node:timers/promises'
import { closeConnections } from '../measure/http-client.ts'
import { answerQuestions } from '../measure/process.ts'
import type { FromClients, Load, ToClients } from './messages.ts'
import { defineAction, type Paid, Payer } from './one-payment.ts'

const payers = new Map<string, Promise<Payer>>()

async function load({ place, phones, cycles, perSecond }: Load): Promise<FromClients> {
  await defineAction(place)
  const free = await Promise.all(
    phones.map((phone) => {
      const known = payers.get(`${place.port} ${phone.device}`) ?? Payer.meet(place, phone)
      payers.set(`${place.port} ${phone.device}`, known)
      return known
    }),
  )
  const began = performance.now()
  const paid: Promise<Paid>[] = []
  const underWay = new Set<Promise<Paid>>()
  for (let turn = 0; turn < cycles; turn += 1) {
    const left = began + (turn * 1_000) / perSecond - performance.now()
    if (left > 0) await delay(left)
    // Where a server is so far behind that everybody is under way, the load is what it can do: cycles a second tell.
    while (free.length === 0) await Promise.race(underWay)
    const payer = free.shift()
    if (payer === undefined) continue
    const one = payer.pay().finally(() => {
      underWay.delete(one)
      free.push(payer)
    })
    underWay.add(one)
    paid.push(one)
  }
  const all = await Promise.all(paid)
  const took = performance.now() - began
  closeConnections()
  return { told: all.map(({ told }) => told), empty: all.map(({ empty }) => empty), took }
}

answerQuestions<ToClients, FromClients>(load)
