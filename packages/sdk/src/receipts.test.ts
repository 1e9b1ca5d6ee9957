import { beforeEach, expect, test } from 'vitest'
import vectors from '../../../vectors/receipts.json' with { type: 'json' }
import { Countersign } from './countersign.ts'
import {
  answer,
  anyKey,
  clientOf,
  cut,
  type FaultyServer,
  type StillSystem,
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

/** A client of the issuer of the vectors, whose address leads to the server of the test. */
const clientOfVectors = (application = vectors.application) =>
  new Countersign(
    {
      server: vectors.issuer,
      application,
      apiKey: anyKey,
      fetch: (url, init) => fetch(String(url).replace(vectors.issuer, server.origin), init),
    },
    system,
  )

const [login] = vectors.vectors
const [, retired] = vectors.jwks.keys
const bySecondKey = vectors.vectors.at(-1)?.jws ?? ''

test.each(vectors.vectors)('$name', async ({ jws, payload }) => {
  server.order(answer(vectors.jwks))
  expect(await clientOfVectors().receipts.verify(jws)).toEqual(payload)
})

test.each(vectors.refused)('refused: $name', async ({ jws, fault }) => {
  server.order(answer(vectors.jwks))
  await expect(clientOfVectors().receipts.verify(jws)).rejects.toMatchObject({ code: 'receipt_invalid', fault })
})

test('abuse-15 a receipt for another application is none', async () => {
  server.order(answer(vectors.jwks))
  await expect(clientOfVectors('shop').receipts.verify(login?.jws ?? '')).rejects.toMatchObject({ fault: 'audience' })
})

test('a receipt of another server is none, whoever signed it', async () => {
  server.order(answer(vectors.jwks))
  await expect(clientOf(server, system).receipts.verify(login?.jws ?? '')).rejects.toMatchObject({ fault: 'audience' })
})

test('the keys are fetched once, without the API key', async () => {
  server.order(answer(vectors.jwks))
  const { receipts } = clientOfVectors()
  for (const { jws } of vectors.vectors) await receipts.verify(jws)
  expect(server.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /oidc/jwks'])
  expect(server.asked[0]?.headers.authorization).toBeUndefined()
})

test('a key that is new is fetched at once, and another one that is missing after a minute', async () => {
  const foreign = vectors.refused.find(({ name }) => name.includes('does not have'))?.jws ?? ''
  server.order(answer({ keys: [retired] }), answer(vectors.jwks))
  const { receipts } = clientOfVectors()
  await receipts.verify(bySecondKey)
  expect(await receipts.verify(login?.jws ?? '')).toEqual(login?.payload)
  expect(server.asked).toHaveLength(2)

  for (const count of [2, 2, 2, 3]) {
    await expect(receipts.verify(foreign)).rejects.toMatchObject({ fault: 'signature' })
    expect(server.asked).toHaveLength(count)
    system.pass(25_000)
  }
})

test('after an hour they are fetched anew: one may have been taken away', async () => {
  server.order(answer(vectors.jwks), answer({ keys: [retired] }))
  const { receipts } = clientOfVectors()
  await receipts.verify(login?.jws ?? '')
  system.pass(3_599_999)
  await receipts.verify(login?.jws ?? '')
  expect(server.asked).toHaveLength(1)
  system.pass(1)
  await expect(receipts.verify(login?.jws ?? '')).rejects.toMatchObject({ fault: 'signature' })
})

test('what is no receipt at all is refused without asking anybody', async () => {
  for (const text of ['', 'receipt', 'a.b.c', login?.jws.replace('.', '')]) {
    await expect(clientOfVectors().receipts.verify(text ?? '')).rejects.toMatchObject({ fault: 'signature' })
  }
  expect(server.asked).toEqual([])
})

test('without the keys nothing is verified', async () => {
  server.order(cut)
  await expect(clientOfVectors().receipts.verify(login?.jws ?? '')).rejects.toMatchObject({ code: 'network' })
  server.order(answer({ keys: 'none' }))
  await expect(clientOfVectors().receipts.verify(login?.jws ?? '')).rejects.toMatchObject({ code: 'unexpected_answer' })
  server.order(answer(vectors.jwks))
  expect(await clientOfVectors().receipts.verify(login?.jws ?? '')).toEqual(login?.payload)
})
