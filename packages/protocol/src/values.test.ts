import { expect, test } from 'vitest'
import { PasswordBody } from './api.ts'

test('what a person types holds no NUL: one database could not even look for it', () => {
  const body = { email: 'anna@strand.example', password: 'morgonbris', locale: 'sv' }
  expect(PasswordBody.safeParse(body).success).toBe(true)
  expect(PasswordBody.safeParse({ ...body, email: 'a\0@b.c' }).success).toBe(false)
  expect(PasswordBody.safeParse({ ...body, password: 'a\0' }).success).toBe(false)
})
