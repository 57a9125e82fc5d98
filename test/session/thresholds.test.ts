import { describe, expect, it } from 'vitest'
import type { NamedSummaryResult, SummaryResult } from '../../src/model/events.ts'
import type { DefinitionInfo } from '../../src/model/ports.ts'
import type { LabelValue } from '../../src/model/summary.ts'
import { checkThresholds } from '../../src/session/thresholds.ts'
import { errorInfo } from './run-events.ts'
import { experimentSummary, labelSummary, mean, passRate } from './summaries.ts'

interface Range {
  readonly min?: number
  readonly max?: number
}

/** What was wanted and got, or `met`. */
function check(range: Range, value: LabelValue, scored?: number): string {
  const summary = experimentSummary({ labels: [labelSummary('exact', value, scored)] })
  return describeMissed(range, summary)
}

function checkSummary(range: Range, ...runs: readonly (SummaryResult | undefined)[]): string {
  const named = runs.map((result): NamedSummaryResult[] => (result === undefined ? [] : [{ name: 'exact', ...result }]))
  return describeMissed(range, experimentSummary({ runs: named }))
}

function describeMissed(exact: Range, summary: ReturnType<typeof experimentSummary>): string {
  return describeChecks({ exact }, summary)
}

function describeChecks(
  thresholds: DefinitionInfo['thresholds'],
  summary: ReturnType<typeof experimentSummary>,
): string {
  const [check, ...more] = checkThresholds(thresholds, summary)
  expect(more).toEqual([])
  if (check === undefined) return 'no condition'
  return check.status === 'met' ? 'met' : `wanted ${check.wanted}, got ${check.got}`
}

describe('a threshold on an evaluator', () => {
  it.each([
    [{ min: 0.9 }, 0.9],
    [{ min: 0.9 }, 1],
    [{ max: 0.9 }, 0.9],
    [{ min: 0.8, max: 0.9 }, 0.85],
    [{ min: 0.3 }, 0.1 + 0.2 - 1e-16],
  ])('%j is met by a pass rate of %d', (range, rate) => {
    expect(check(range, passRate(rate))).toBe('met')
  })

  it('that is missed says what was wanted and got, with the interval and n', () => {
    expect(check({ min: 0.9 }, passRate(0.84))).toBe(
      'wanted at least 0.9, got 0.84 (95 % interval 0.75 to 0.91, 100 scored, 0 errored, 0 skipped)',
    )
    expect(check({ max: 400 }, mean(412.34567), 12)).toBe(
      'wanted at most 400, got 412.3 (95 % interval 411.3 to 413.3, rough, 12 scored, 88 errored, 0 skipped)',
    )
    expect(check({ min: 0, max: 1 }, mean(-1))).toContain('wanted from 0 to 1, got -1')
  })

  it('is told apart from a value that would round to it', () => {
    expect(check({ min: 0.9 }, passRate(0.8999996))).toContain('got 0.8999996 (')
    expect(check({ min: 0.9 }, passRate(0.899949))).toContain('got 0.8999 (')
  })

  it.each<[string, LabelValue, number, string]>([
    ['scored no row', { type: 'none' }, 0, 'no value (0 scored, 100 errored, 0 skipped)'],
    [
      'has values of several types',
      { type: 'mixed', counts: { boolean: 1, score: 99, categorical: 0, json: 0 } },
      100,
      'values of several types (100 scored, 0 errored, 0 skipped)',
    ],
    [
      'is categorical',
      { type: 'categorical', counts: [], otherCount: 0 },
      100,
      'categorical values, which have no mean (100 scored, 0 errored, 0 skipped)',
    ],
    ['is json', { type: 'json' }, 9, 'json values, which have no mean (9 scored, 91 errored, 0 skipped)'],
  ])('that %s is missed', (_what, value, scored, got) => {
    expect(check({ min: 0 }, value, scored)).toBe(`wanted at least 0, got ${got}`)
  })

  it('without a condition of its own is never missed, nor without a value', () => {
    expect(checkThresholds({ exact: { better: 'lower', tolerance: 5 } }, experimentSummary())).toEqual([])
  })

  it('that nothing has the name of is missed', () => {
    expect(describeMissed({ max: 1 }, experimentSummary())).toBe('wanted at most 1, got no value')
  })
})

describe('a threshold on a summary evaluator', () => {
  const score = (value: number) => ({ status: 'ok', type: 'score', value }) as const
  const boolean = (value: boolean) => ({ status: 'ok', type: 'boolean', value }) as const

  it('is met when every run meets it', () => {
    expect(checkSummary({ min: 0.9 }, score(0.9), score(1))).toBe('met')
  })

  it('counts a boolean as 1 or 0', () => {
    expect(checkSummary({ min: 1 }, boolean(true))).toBe('met')
    expect(checkSummary({ min: 1 }, boolean(false))).toBe('wanted at least 1, got 0')
  })

  it('is missed by any run that misses it, and names it', () => {
    expect(checkSummary({ min: 0.9 }, score(0.95), score(0.8), score(0.7))).toBe(
      'wanted at least 0.9, got run 2: 0.8, run 3: 0.7',
    )
  })

  it('names at most five runs', () => {
    const runs = Array.from({ length: 8 }, () => score(0))
    expect(checkSummary({ min: 1 }, ...runs)).toMatch(/run 5: 0, and 3 more$/)
  })

  it.each<[string, SummaryResult | undefined, string]>([
    ['failed', { status: 'error', error: errorInfo('x') }, 'an error'],
    ['has a category', { status: 'ok', type: 'categorical', value: 'red' }, 'a categorical value'],
    ['has no value', undefined, 'no value'],
  ])('is missed by a run that %s', (_what, result, got) => {
    expect(checkSummary({ min: 0 }, score(1), result)).toBe(`wanted at least 0, got run 2: ${got}`)
  })
})

describe('a threshold on other numbers', () => {
  const tokens = experimentSummary({ labels: [labelSummary('tokens', mean(300), 90)] })

  it.each<[string, Range, string]>([
    ['tokens.p95', { max: 300 }, 'met'],
    ['tokens.p95', { max: 299 }, 'wanted at most 299, got 300 (90 scored, 10 errored, 0 skipped)'],
    ['tokens.min', { min: 1 }, 'wanted at least 1, got 0 (90 scored, 10 errored, 0 skipped)'],
    ['tokens.max', { max: 300 }, 'met'],
    ['tokens.p50', { min: 200, max: 400 }, 'met'],
    ['tokens.p99', { max: 1 }, 'wanted at most 1, got no value'],
  ])('%s %j: %s', (name, range, expected) => {
    expect(describeChecks({ [name]: range }, tokens)).toBe(expected)
  })

  it('a pass rate has no quantiles', () => {
    const summary = experimentSummary({ labels: [labelSummary('exact', passRate(1))] })
    expect(describeChecks({ 'exact.p95': { min: 0 } }, summary)).toContain(
      'boolean values, which have no p95 (100 scored',
    )
  })

  it('the error rate is the share of planned rows with errors', () => {
    const summary = experimentSummary({ rows: { ok: 190, error: 6, skipped: 4 }, rowsWithErrors: 7 })
    expect(describeChecks({ 'error-rate': { max: 0.035 } }, summary)).toBe('met')
    expect(describeChecks({ 'error-rate': { max: 0.03 } }, summary)).toBe(
      'wanted at most 0.03, got 0.035 (7 of 200 rows)',
    )
    const none = experimentSummary({ rows: {} })
    expect(describeChecks({ 'error-rate': { max: 1 } }, none)).toBe('wanted at most 1, got no rows')
  })

  it('latency is that of the task, in milliseconds', () => {
    const summary = {
      ...experimentSummary({ rows: { ok: 8, error: 2 } }),
      taskLatency: { p50: 10, p95: 2345.678, max: 9_000 },
    }
    expect(describeChecks({ 'latency.p50': { max: 10 } }, summary)).toBe('met')
    expect(describeChecks({ 'latency.p95': { max: 2_000 } }, summary)).toBe(
      'wanted at most 2000 ms, got 2346 ms (10 rows)',
    )
    expect(describeChecks({ 'latency.max': { max: 2_000 } }, experimentSummary())).toContain('got no latency')
  })

  it('has its numbers beside the words', () => {
    expect(checkThresholds({ tokens: { max: 400 } }, tokens)).toEqual([
      {
        name: 'tokens',
        status: 'met',
        max: 400,
        value: 300,
        interval: { low: 299, high: 301, rough: true },
        n: 90,
        coverage: { scored: 90, errored: 10, skipped: 0 },
        wanted: 'at most 400',
        got: '300 (95 % interval 299 to 301, rough, 90 scored, 10 errored, 0 skipped)',
      },
    ])
  })

  it('on an evaluator named latency or error-rate is on that evaluator', () => {
    const labels = [labelSummary('latency', mean(3)), labelSummary('error-rate', passRate(1))]
    const summary = {
      ...experimentSummary({ labels, rowsWithErrors: 50 }),
      taskLatency: { p50: 900, p95: 900, max: 900 },
    }
    expect(describeChecks({ 'latency.p95': { max: 3 } }, summary)).toBe('met')
    expect(describeChecks({ 'error-rate': { min: 1 } }, summary)).toBe('met')
  })
})
