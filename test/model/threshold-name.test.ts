import { expect, test } from 'vitest'
import { suggest } from '../../src/model/suggest.ts'
import { findTarget, thresholdNames } from '../../src/model/threshold-name.ts'

const names = { evaluators: ['correct', 'tokens', 'quality'], summaryEvaluators: ['accuracy'] }

test.each([
  ['correct', { kind: 'value', name: 'correct' }],
  ['accuracy', { kind: 'value', name: 'accuracy' }],
  ['quality-recall', { kind: 'value', name: 'quality-recall' }],
  ['tokens.p95', { kind: 'score', label: 'tokens', statistic: 'p95' }],
  ['quality-recall.min', { kind: 'score', label: 'quality-recall', statistic: 'min' }],
  ['error-rate', { kind: 'error-rate' }],
  ['latency.max', { kind: 'latency', statistic: 'max' }],
  ['corect', undefined],
  ['quality-', undefined],
  ['tokens.p99', undefined],
  ['accuracy.p95', undefined],
  ['latency', undefined],
  ['latency.min', undefined],
  ['.p95', undefined],
  ['', undefined],
])('%j stands for %j', (name, target) => {
  expect(findTarget(name, names)).toEqual(target)
})

test('a name of the definition goes before that of the rows', () => {
  const own = { evaluators: ['latency', 'error-rate'], summaryEvaluators: [] }
  expect(findTarget('latency.p95', own)).toEqual({ kind: 'score', label: 'latency', statistic: 'p95' })
  expect(findTarget('error-rate', own)).toEqual({ kind: 'value', name: 'error-rate' })
  expect(findTarget('error-rate', { evaluators: [], summaryEvaluators: ['error-rate'] })).toMatchObject({
    kind: 'value',
  })
})

test('what may be a label that is not known yet is not taken for anything else', () => {
  expect(findTarget('error-rate', { evaluators: ['error'], summaryEvaluators: [] })).toBe('ambiguous')
})

test('every name that is suggested stands for something', () => {
  for (const name of thresholdNames(names)) expect(findTarget(name, names)).toBeTypeOf('object')
  expect(suggest('tokns.p95', thresholdNames(names))).toBe('tokens.p95')
  expect(suggest('error-rates', thresholdNames(names))).toBe('error-rate')
})
