import fc from 'fast-check'
import { expect, test } from 'vitest'
import { suggest } from '../../src/model/suggest.ts'

const keys = ['name', 'dataset', 'evaluators', 'summaryEvaluators', 'runs', 'jobs']

test.each([
  ['evaluator', 'evaluators'],
  ['evalautors', 'evaluators'],
  ['DATASET', 'dataset'],
  ['datset', 'dataset'],
  ['summaryEvaluator', 'summaryEvaluators'],
  ['job', 'jobs'],
])('%s is meant to be %s', (word, meant) => {
  expect(suggest(word, keys)).toBe(meant)
})

test.each(['', 'temperature', 'xx', 'x'.repeat(10_000)])('nothing is suggested for %j', (word) => {
  expect(suggest(word, keys)).toBeUndefined()
})

test('the nearest of several wins, the first of equally near ones', () => {
  expect(suggest('larg', ['lag', 'large', 'larger'])).toBe('lag')
  expect(suggest('largee', ['larger', 'large'])).toBe('larger')
})

test('two neighbours that were swapped are one mistake', () => {
  expect(suggest('ab', ['ba'])).toBe('ba')
})

test('a word that is among the candidates is suggested itself', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 30 }), fc.array(fc.string()), (word, others) => {
      expect(suggest(word, [...others, word])?.toLowerCase()).toBe(word.toLowerCase())
    }),
  )
})
