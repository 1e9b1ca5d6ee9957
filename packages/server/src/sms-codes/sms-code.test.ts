import { expect, test } from 'vitest'
import { codeHashOf, codeText } from './sms-code.ts'

test('the same code is kept as another hash wherever it is good', () => {
  const key = new Uint8Array(32)
  expect(codeHashOf(key, 'one', '123456')).not.toEqual(codeHashOf(key, 'other', '123456'))
  expect(codeHashOf(key, 'one', '123456')).not.toEqual(codeHashOf(new Uint8Array(32).fill(1), 'one', '123456'))
})

test('the last line of the SMS binds the code to a host', () => {
  expect(codeText('Code for this.', 'app.example.com', '012345')).toBe(
    'Code for this.\n\n012345\n\n@app.example.com #012345',
  )
})
