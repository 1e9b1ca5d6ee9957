import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { utf8 } from '@countersign/protocol'
import { hostileAddresses } from '@countersign/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import { AddressRefused, createOutbound, type Outbound, type Resolve } from './outbound.ts'

const open: (Server | Outbound)[] = []
afterEach(() => {
  for (const one of open.splice(0)) {
    if ('closeAllConnections' in one) one.closeAllConnections()
    one.close()
  }
})

/** A server on an address of this machine that counts who connects. */
async function serve(listener: RequestListener, address = '127.0.0.1', at = 0) {
  const server = createServer(listener)
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  server.listen(at, address)
  open.push(server)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, connections: () => connections }
}

function client(origins: readonly string[], resolve?: Resolve): Outbound {
  const outbound = createOutbound({ origins }, resolve)
  open.push(outbound)
  return outbound
}

const post = (outbound: Outbound, url: string, timeout = 2_000) =>
  outbound.post({ url: new URL(url), headers: { ttl: '60' }, body: utf8('a push'), timeout })

describe('abuse-47 nothing is connected to', () => {
  test.each(hostileAddresses)('%s', async (url) => {
    await expect(post(client([], failing), url)).rejects.toThrow(AddressRefused)
  })

  test.each([
    ['loopback', ['127.0.0.1']],
    ['a private network', ['10.1.2.3']],
    ['link-local', ['169.254.169.254']],
    ['mapped', ['::ffff:127.0.0.1']],
    ['NAT64', ['64:ff9b::7f00:1']],
    ['both', ['93.184.215.14', '127.0.0.1']],
    ['none', []],
  ])('where a name leads to %s', async (_name, addresses) => {
    const resolve: Resolve = (_hostname, answer) =>
      answer(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    await expect(post(client([], resolve), 'https://push.example.com/a')).rejects.toThrow(AddressRefused)
  })

  test('a name that leads elsewhere the second time is connected to where it was judged', async () => {
    const judged = await serve((_request, response) => response.writeHead(201).end())
    let asked = 0
    const resolve: Resolve = (_hostname, answer) => answer(null, [{ address: `127.0.0.${++asked}`, family: 4 }])
    const answer = await post(
      client([`http://push.example.com:${judged.port}`], resolve),
      `http://push.example.com:${judged.port}/a`,
    )
    expect(answer.status).toBe(201)
    expect([asked, judged.connections()]).toEqual([1, 1])
  })

  test('a canary where https is spoken hears nothing, whatever name or form leads to it', async ({ skip }) => {
    const at = '127.86.47.1'
    const canary = await serve((_request, response) => response.end(), at, 443).catch((error: unknown) =>
      skip(`Nobody may listen there: ${error}`),
    )
    const leads: Resolve = (_hostname, answer) => answer(null, [{ address: at, family: 4 }])
    const mapped: Resolve = (_hostname, answer) => answer(null, [{ address: `::ffff:${at}`, family: 6 }])
    const tried = [
      ...[at, '2136354561', '0x7f562f01', '0177.86.47.1', `[::ffff:${at}]`].map((host) => ({ host, resolve: failing })),
      ...[leads, mapped].map((resolve) => ({ host: 'push.example.com', resolve })),
    ]
    for (const { host, resolve } of tried) {
      await expect(post(client([], resolve), `https://${host}/a`), host).rejects.toThrow(AddressRefused)
    }
    expect(canary.connections()).toBe(0)
  })

  test('a redirect is an answer, and nobody follows it', async () => {
    const canary = await serve((_request, response) => response.end())
    const redirecting = await serve((_request, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${canary.port}/` }).end(),
    )
    expect(
      await post(client([`http://127.0.0.1:${redirecting.port}`]), `http://127.0.0.1:${redirecting.port}/`),
    ).toMatchObject({ status: 307 })
    expect(canary.connections()).toBe(0)
  })
})

const failing: Resolve = (_hostname, answer) => answer(new Error('Nobody may be asked.'), [])

test('the same service is posted to over one connection', async () => {
  const bodies: string[] = []
  const service = await serve(async (request, response) => {
    bodies.push(Buffer.concat(await request.toArray()).toString())
    response.writeHead(201, { location: '/m/1' }).end('x'.repeat(500))
  })
  const outbound = client([`http://127.0.0.1:${service.port}`])
  for (let sent = 0; sent < 3; sent++) {
    expect(await post(outbound, `http://127.0.0.1:${service.port}/p`)).toMatchObject({ status: 201 })
  }
  expect(bodies).toEqual(['a push', 'a push', 'a push'])
  expect(service.connections()).toBe(1)
})

test.each(['http://127.0.0.1:1', 'https://127.0.0.1:2', 'http://127.0.0.1', 'http://127.0.0.2:2', 'http://[::1]:2'])(
  'abuse-47 the leave to go to one origin of this machine is none to go to another: %s',
  async (origin) => {
    await expect(post(client(['http://127.0.0.1:2'], failing), `${origin}/a`)).rejects.toThrow(AddressRefused)
  },
)

describe('a service that', () => {
  test('never answers is given up', async () => {
    const service = await serve(() => {})
    await expect(
      post(client([`http://127.0.0.1:${service.port}`]), `http://127.0.0.1:${service.port}/`, 50),
    ).rejects.toThrow()
  })

  test('answers without end is cut off', async () => {
    const cut = Promise.withResolvers<void>()
    const service = await serve((_request, response) => {
      response.writeHead(201)
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(4_096)));
      }
      response.on('drain', write).on('close', () => cut.resolve())
      write()
    })
    expect(
      await post(client([`http://127.0.0.1:${service.port}`]), `http://127.0.0.1:${service.port}/`, 60_000),
    ).toMatchObject({ status: 201 })
    await cut.promise
  })

  test('wants to speak another protocol is a failure', async () => {
    const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'
    const service = await serve((request) => request.socket.end(answer))
    await expect(
      post(client([`http://127.0.0.1:${service.port}`]), `http://127.0.0.1:${service.port}/`),
    ).rejects.toThrow('without an answer')
  })

  test('answers garbage is a failure', async () => {
    const service = await serve((request) => request.socket.end('Once upon a time\r\n\r\n'))
    await expect(
      post(client([`http://127.0.0.1:${service.port}`]), `http://127.0.0.1:${service.port}/`),
    ).rejects.toThrow()
  })
})
