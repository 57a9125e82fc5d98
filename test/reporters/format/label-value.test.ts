import { describe, expect, it } from 'vitest'
import { formatLabelValue, formatSummaryValue } from '../../../src/reporters/format/label-value.ts'
import { booleanLabel, scoreLabel } from '../../helpers/fake-view.ts'

const coverage = { label: 'a', evaluator: 'a', scored: 40, errored: 0, skipped: 0 }

describe('the value of a label', () => {
  it.each([
    ['a pass rate', booleanLabel(), '85.0 % [70.9, 92.9]'],
    ['a rough pass rate', booleanLabel({ interval: { low: 0.5, high: 1, rough: true } }), '85.0 % ~[50.0, 100.0]'],
    ['a mean', scoreLabel(), '212.4 [202.1, 222.8]'],
    [
      'a mean without interval',
      scoreLabel({ interval: { low: Number.NaN, high: Number.NaN, rough: true } }),
      '212.4 [no interval]',
    ],
    [
      'a mean that nothing bounds',
      scoreLabel({ interval: { low: -Number.MAX_VALUE, high: Number.MAX_VALUE, rough: true } }),
      '212.4 [no interval]',
    ],
    [
      'shares of categories',
      {
        ...coverage,
        type: 'categorical',
        counts: [
          { value: 'calm', count: 39 },
          { value: '', count: 1 },
        ],
        otherCount: 0,
      },
      'calm 97.5 %, "" 2.5 %',
    ],
    [
      'shares of many categories',
      {
        ...coverage,
        type: 'categorical',
        counts: ['a', 'b', 'c', 'd', 'e'].map((value) => ({ value, count: 8 })),
        otherCount: 0,
      },
      'a 20.0 %, b 20.0 %, c 20.0 %, 2 others',
    ],
    [
      'a category that drives terminals',
      {
        ...coverage,
        type: 'categorical',
        counts: [{ value: `\u001b[2J${'x'.repeat(100)}`, count: 40 }],
        otherCount: 0,
      },
      'xxxxxxxxxxxxxxxxxxx… 100.0 %',
    ],
    ['JSON', { ...coverage, type: 'json' }, 'JSON'],
    [
      'mixed types',
      { ...coverage, type: 'mixed', counts: { boolean: 20, score: 20, categorical: 0, json: 0 } },
      'mixed types: 20 boolean, 20 score',
    ],
    ['nothing', { ...coverage, type: 'none' }, '–'],
  ] as const)('for %s', (_name, label, text) => {
    expect(formatLabelValue(label)).toBe(text)
  })
})

describe('the value of a summary evaluator', () => {
  it.each([
    [{ type: 'score', value: 0.84213 }, '0.8421'],
    [{ type: 'boolean', value: true }, 'true'],
    [{ type: 'categorical', value: 'calm\u001b[31m' }, 'calm'],
    [{ type: 'json', value: '{"a":1}' }, '{"a":1}'],
  ] as const)('%j', (value, text) => {
    expect(formatSummaryValue({ name: 'a', status: 'ok', ...value })).toBe(text)
  })

  it('is its error when it failed', () => {
    const error = { code: 'E_SUMMARY_EVALUATOR', name: 'Error', message: 'boom\nboom' } as const
    expect(formatSummaryValue({ name: 'a', status: 'error', error })).toBe('error: boom boom')
  })
})
