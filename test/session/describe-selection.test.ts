import { expect, it } from 'vitest'
import { describeSelection } from '../../src/session/describe-selection.ts'

it('names filters and records as they were asked for', () => {
  const filters = [{ key: 'lang', value: 'fr' }]
  expect(describeSelection({ filters, records: ['a'] })).toBe('--filter lang=fr --record a')
  expect(describeSelection({ filters: [], records: [] })).toBe('')
})

it('names ten of many records', () => {
  const records = Array.from({ length: 12 }, (_, index) => `r${index}`)
  expect(describeSelection({ filters: [], records })).toMatch(/^--record r0 .*--record r9 and 2 more$/)
})
