import { expect, test } from 'vitest'
import { readBrand } from './brand.ts'

const reader = (meta: Record<string, string>) => (name: string) => meta[name] ?? null

test('the brand comes from the head of the page', () => {
  const meta = { 'countersign-brand': 'Havsbanken', 'countersign-support': 'hjalp@havsbanken.example' }
  expect(readBrand(reader(meta))).toEqual({ name: 'Havsbanken', supportEmail: 'hjalp@havsbanken.example' })
})

test('a place that nobody filled in is never shown', () => {
  const meta = { 'countersign-brand': '__BRAND_NAME__', 'countersign-support': '__SUPPORT_EMAIL__' }
  expect(readBrand(reader(meta))).toEqual({ name: 'Countersign', supportEmail: null })
  expect(readBrand(reader({ 'countersign-support': '' }))).toEqual({ name: 'Countersign', supportEmail: null })
})
