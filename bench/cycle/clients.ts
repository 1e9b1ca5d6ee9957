/** A process of clients: people with pages and phones, each doing one cycle after another. */

import { closeConnections } from '../measure/http-client.ts'
import type { PreparedPhone } from '../measure/prepare-phones.ts'
import { answerQuestions } from '../measure/process.ts'
import type { FromClients, Load, LoadResult, Look, Looked, Place, ToClients } from './messages.ts'
import { Person } from './one-cycle.ts'

const people = new Map<string, Promise<Person>>()

// The first request of a phone only gets it a nonce: it is made once, and not measured.
function personOf(place: Place, phone: PreparedPhone): Promise<Person> {
  const name = `${place.port} ${phone.device}`
  const known = people.get(name)
  if (known !== undefined) return known
  const met = Person.meet(place, phone).then(async (person) => {
    await person.greet()
    return person
  })
  people.set(name, met)
  return met
}

async function load({ place, phones, clients, milliseconds }: Load): Promise<LoadResult> {
  const everybody = await Promise.all(phones.map((phone) => personOf(place, phone)))
  const end = performance.now() + milliseconds
  const took: number[] = []
  let inTime = 0
  const work = async (first: number) => {
    for (let turn = first; performance.now() < end; turn += clients) {
      const began = performance.now()
      await everybody[turn % everybody.length]?.cycle()
      const now = performance.now()
      took.push(now - began)
      if (now <= end) inTime += 1
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, client) => work(client)))
  closeConnections()
  return { inTime, cycles: took.length, milliseconds: took }
}

async function look({ place, phone }: Look): Promise<Looked> {
  const person = await personOf(place, phone)
  return person.cycle()
}

answerQuestions<ToClients, FromClients>(async (question) =>
  question.kind === 'load'
    ? { kind: 'load', result: await load(question) }
    : { kind: 'look', looked: await look(question) },
)
