import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MetricValue } from '../../src/model/evaluation.ts'
import type { LabelSummary } from '../../src/model/summary.ts'
import { Categories } from '../../src/stats/categories.ts'
import { EvaluatorAccumulator } from '../../src/stats/evaluator.ts'
import { LabelAccumulator } from '../../src/stats/label.ts'
import { mergeAll } from '../../src/stats/merge-all.ts'

type Result =
  | { readonly status: 'ok'; readonly values: readonly { readonly label: string; readonly metric: MetricValue }[] }
  | { readonly status: 'skipped' | 'error' | 'timeout' }

const metricOf: { readonly [T in MetricValue['type']]: fc.Arbitrary<MetricValue> } = {
  boolean: fc.boolean().map((value) => ({ type: 'boolean', value })),
  score: fc.double({ min: -100, max: 100, noNaN: true }).map((value) => ({ type: 'score', value })),
  categorical: fc.constantFrom('red', 'green', '', '__proto__').map((value) => ({ type: 'categorical', value })),
  json: fc.constant({ type: 'json', value: '{}' }),
}

const typed = fc.constantFrom('boolean', 'score', 'categorical', 'json', 'any').chain((type) => {
  const metric = type === 'any' ? fc.oneof(...Object.values(metricOf)) : metricOf[type]
  const value = fc.record({ label: fc.constantFrom('quality-a', 'quality-b'), metric })
  const values = fc.uniqueArray(value, { selector: ({ label }) => label, maxLength: 2 })
  const ok: fc.Arbitrary<Result> = values.map((each) => ({ status: 'ok', values: each }))
  const other: fc.Arbitrary<Result> = fc.constantFrom('skipped', 'error', 'timeout').map((status) => ({ status }))
  const results = fc.array(fc.oneof({ weight: 4, arbitrary: ok }, { weight: 1, arbitrary: other }), { maxLength: 60 })
  return fc.tuple(results, results, results)
})

function accumulate(results: readonly Result[]): EvaluatorAccumulator {
  const accumulator = new EvaluatorAccumulator('quality')
  for (const result of results) {
    accumulator.count(result.status)
    if (result.status !== 'ok') continue
    for (const { label, metric } of result.values) accumulator.label(label).add(metric)
  }
  return accumulator
}

function byLabel(summaries: readonly LabelSummary[]): LabelSummary[] {
  return [...summaries].sort((a, b) => (a.label < b.label ? -1 : 1))
}

/** Equal but for the last digits of numbers that were summed in another order. */
function expectAlike(got: unknown, expected: unknown): void {
  const round = (_key: string, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(7)) + 0 : value)
  expect(JSON.stringify(got, round)).toBe(JSON.stringify(expected, round))
}

describe('EvaluatorAccumulator', () => {
  it('merges into what one would be that was given everything', () => {
    fc.assert(
      fc.property(typed, ([a, b]) => {
        const merged = accumulate(a).merge(accumulate(b)).summarize()
        expectAlike(byLabel(merged), byLabel(accumulate([...a, ...b]).summarize()))
      }),
    )
  })

  it('merges in any grouping to the same', () => {
    fc.assert(
      fc.property(typed, ([a, b, c]) => {
        const left = accumulate(a).merge(accumulate(b)).merge(accumulate(c))
        const right = accumulate(a).merge(accumulate(b).merge(accumulate(c)))
        expectAlike(left.summarize(), right.summarize())
        expectAlike(mergeAll([a, b, c].map(accumulate))?.summarize(), right.summarize())
      }),
    )
  })

  it('is not changed by being merged, nor by what the merged one is given', () => {
    fc.assert(
      fc.property(typed, ([a, b, c]) => {
        const first = accumulate(a)
        const before = first.summarize()
        const merged = first.merge(accumulate(b))
        for (const result of c) {
          if (result.status === 'ok') for (const { label, metric } of result.values) merged.label(label).add(metric)
        }
        expect(first.summarize()).toEqual(before)
      }),
    )
  })

  it('has scored, errored and skipped of every label add up to its rows', () => {
    fc.assert(
      fc.property(typed, ([results]) => {
        for (const { scored, errored, skipped } of accumulate(results).summarize()) {
          expect(scored + errored + skipped).toBe(results.length)
        }
      }),
    )
  })

  it('that never gave a value has one summary under its own name', () => {
    const summary = accumulate([{ status: 'error' }, { status: 'timeout' }, { status: 'skipped' }]).summarize()
    expect(summary).toEqual([
      { label: 'quality', evaluator: 'quality', scored: 0, errored: 2, skipped: 1, type: 'none' },
    ])
  })
})

describe('LabelAccumulator', () => {
  it('says which values are the first of their type', () => {
    const label = new LabelAccumulator()
    expect(label.add({ type: 'boolean', value: true })).toBe(true)
    expect(label.add({ type: 'boolean', value: false })).toBe(false)
    expect(label.add({ type: 'score', value: 1 })).toBe(true)
  })

  it('counts values of several types and has no mean for them', () => {
    const label = new LabelAccumulator()
    for (const value of [true, false]) label.add({ type: 'boolean', value })
    expect(label.mean).toBe(0.5)
    label.add({ type: 'score', value: 4 })
    expect(label.mean).toBeUndefined()
    expect(label.summarize()).toEqual({ type: 'mixed', counts: { boolean: 2, score: 1, categorical: 0, json: 0 } })
  })

  it('is mixed when the parts of a merge have different types', () => {
    const [boolean, score] = [new LabelAccumulator(), new LabelAccumulator()]
    boolean.add({ type: 'boolean', value: true })
    score.add({ type: 'score', value: 1 })
    expect(boolean.merge(score).summarize()).toMatchObject({ type: 'mixed', counts: { boolean: 1, score: 1 } })
  })
})

describe('Categories', () => {
  it('keeps the first 1,000 texts apart and counts the rest as other', () => {
    const categories = new Categories()
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 1500; index++) categories.add(`value ${index}`)
    }
    const { counts, otherCount } = categories.summarize()
    expect(counts.length).toBe(1000)
    expect(counts.every(({ count }) => count === 2)).toBe(true)
    expect(otherCount).toBe(1000)
  })

  it('keeps at most a mebibyte of characters', () => {
    const categories = new Categories()
    for (let index = 0; index < 5; index++) categories.add(String(index).repeat(400_000))
    categories.add('short')
    expect(categories.summarize()).toMatchObject({ counts: { length: 3 }, otherCount: 3 })
  })

  it('keeps the total when merged beyond its bounds', () => {
    const [left, right] = [new Categories(), new Categories()]
    for (let index = 0; index < 800; index++) left.add(`left ${index}`)
    for (let index = 0; index < 1200; index++) right.add(`right ${index}`)
    const { counts, otherCount } = left.merge(right).summarize()
    expect(counts.reduce((sum, { count }) => sum + count, otherCount)).toBe(2000)
  })

  it('lists the most frequent first', () => {
    const categories = new Categories()
    for (const value of ['b', 'a', 'c', 'c', '__proto__']) categories.add(value)
    expect(categories.summarize().counts.map(({ value }) => value)).toEqual(['c', '__proto__', 'a', 'b'])
  })
})
