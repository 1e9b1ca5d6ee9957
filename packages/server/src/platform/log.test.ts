import { expect, test } from 'vitest'
import { openLog } from './log.ts'

/** What one line says. */
function logged(told: object): string {
  const lines: string[] = []
  openLog('trace', { write: (line: string) => lines.push(line) }).error(told, 'something happened')
  return lines.join('')
}

const failed = (code: string) => Object.assign(new Error('It failed.'), { code, detail: 'row of anna' })

test.each(['ECONNREFUSED', 'ERR_SQLITE_ERROR', '23514', '40P01', 'sign_in_failed'])(
  'the stable code %s of what went wrong is in the log',
  (code) => {
    expect(logged({ err: failed(code) })).toContain(`"code":"${code}"`)
    expect(logged({ problem: { code } })).toContain(`"code":"${code}"`)
    expect(logged({ code })).toContain(`"code":"${code}"`)
  },
)

test('abuse-56 what a person sends is not', () => {
  const secret = '12345678'
  for (const name of ['password', 'code', 'response', 'proof', 'authorization']) {
    expect(logged({ body: { [name]: secret } })).not.toContain(secret)
  }
  expect(logged({ query: { code: secret } })).not.toContain(secret)
  expect(logged({ err: failed(secret) })).not.toContain(secret)
  expect(logged({ err: failed('123456') })).not.toContain('123456')
  expect(logged({ err: failed('23514') })).not.toContain('anna')
})
