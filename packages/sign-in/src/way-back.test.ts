import { expect, test } from 'vitest'
import { readWayBack } from './way-back.ts'

const kept = { application: 'Strand', url: 'https://strand.example/' }

test('the way back is read as it was kept', () => {
  expect(readWayBack(kept)).toEqual(kept)
})

test.each([
  null,
  'https://strand.example/',
  {},
  { application: 'Strand' },
  { ...kept, application: 1 },
  { ...kept, url: 1 },
  { ...kept, url: 'strand' },
  { ...kept, url: 'javascript:alert(1)' },
  { ...kept, url: 'data:text/html,x' },
])('%j is none', (state) => {
  expect(readWayBack(state)).toBeNull()
})
