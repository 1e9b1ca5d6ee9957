import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Countersign } from './countersign.ts'
import { anyKey } from './server-for-tests.ts'

const right = { server: 'https://id.example.com', application: 'shop', apiKey: anyKey }

test.each([
  ['http beyond this machine', { server: 'http://id.example.com' }],
  ['http to what only begins like this machine', { server: 'http://localhost.example.com' }],
  ['a path', { server: 'https://id.example.com/v1' }],
  ['a name and a password', { server: 'https://a:b@id.example.com' }],
  ['another protocol', { server: 'ftp://id.example.com' }],
  ['no address', { server: 'id.example.com' }],
  ['nothing', { server: '' }],
  ['a page token in the place of the key', { apiKey: `cpt_${'A'.repeat(43)}` }],
  ['no key', { apiKey: '' }],
  ['a key with a line end', { apiKey: `${anyKey}\n` }],
  ['no application', { application: '' }],
])('%s is refused', (_, wrong) => {
  expect(() => new Countersign({ ...right, ...wrong })).toThrow(TypeError)
})

test.each([
  'https://id.example.com',
  'https://id.example.com/',
  'http://localhost:4000',
  'http://127.0.0.1:4000',
  'http://[::1]:4000',
])('%s is taken', (server) => expect(() => new Countersign({ ...right, server })).not.toThrow())

test('a client that is printed does not show its key', () => {
  const client = new Countersign(right)
  expect(inspect(client, { depth: 9, showHidden: true })).not.toContain(anyKey)
  expect(JSON.stringify(client)).not.toContain(anyKey)
})
