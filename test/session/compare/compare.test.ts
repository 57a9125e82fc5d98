import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Comparison, LabelComparison } from '../../../src/model/comparison.ts'
import { compareScores } from '../../../src/session/compare/compare.ts'
import { directionsOf } from '../../../src/session/compare/directions.ts'
import { type FakeRecord, fakeScores } from '../../helpers/scores.ts'

const higher = directionsOf({})

function compare(baseline: readonly FakeRecord[], candidate: readonly FakeRecord[]): Promise<Comparison> {
  return compareScores(fakeScores(baseline), fakeScores(candidate), higher)
}

function records(count: number, make: (index: number) => Omit<FakeRecord, 'key'>): FakeRecord[] {
  return Array.from({ length: count }, (_, index) => ({ key: `r${index}`, ...make(index) }))
}

function labelOf({ labels }: Comparison, name: string): LabelComparison | undefined {
  return labels.find(({ label }) => label === name)
}

describe('a comparison', () => {
  it('says improved where more records pass than chance explains, and which were fixed', async () => {
    const comparison = await compare(
      records(40, (index) => ({ exact: index >= 12 })),
      records(40, () => ({ exact: true })),
    )
    expect(labelOf(comparison, 'exact')).toMatchObject({
      status: 'compared',
      verdict: 'improved',
      baseline: 0.7,
      candidate: 1,
      fixed: 12,
      broken: 0,
      pairs: 40,
    })
    expect(comparison.counts).toEqual({ fixed: 12, broken: 0, stillFailing: 0 })
    expect(comparison.records.map(({ kind, key }) => `${kind} ${key}`)).toEqual(
      Array.from({ length: 10 }, (_, index) => `fixed r${index}`),
    )
  })

  it('finds no evidence in a difference that chance explains', async () => {
    const comparison = await compare(
      records(40, (index) => ({ exact: index !== 0 })),
      records(40, (index) => ({ exact: index > 2 })),
    )
    expect(labelOf(comparison, 'exact')).toMatchObject({ verdict: 'no evidence of a difference', broken: 2 })
  })

  it('takes less for better where a threshold has a maximum alone', async () => {
    const [before, after] = [records(30, (n) => ({ tokens: n })), records(30, (n) => ({ tokens: n + 5 + (n % 3) }))]
    const directed = directionsOf({ tokens: { max: 400 } })
    const comparison = await compareScores(fakeScores(before), fakeScores(after), directed)
    expect(labelOf(comparison, 'tokens')).toMatchObject({ direction: 'lower', verdict: 'regressed', difference: 6 })
  })

  it('pairs no record that is on one side only or has changed, and names it', async () => {
    const comparison = await compare(
      [
        { key: 'a', exact: true },
        { key: 'gone', exact: true },
        { key: 'b', exact: true, contentHash: 'old' },
      ],
      [
        { key: 'b', exact: false, contentHash: 'new' },
        { key: 'a', exact: true },
        { key: 'new', exact: false },
      ],
    )
    expect(comparison.pairing).toEqual({
      paired: 1,
      onlyInBaseline: { count: 1, keys: ['gone'] },
      onlyInCandidate: { count: 1, keys: ['new'] },
      changed: { count: 1, keys: ['b'] },
    })
    expect(labelOf(comparison, 'exact')).toMatchObject({ pairs: 1, broken: 0 })
    expect(comparison.counts).toEqual({ fixed: 0, broken: 0, stillFailing: 0 })
  })

  it('names twenty of the records it could not pair, and counts them all', async () => {
    const { pairing } = await compare(
      records(50, () => ({ exact: true })),
      [],
    )
    expect(pairing.onlyInBaseline.count).toBe(50)
    expect(pairing.onlyInBaseline.keys).toHaveLength(20)
  })

  it('compares no label of which no record has a value on both sides', async () => {
    const comparison = await compare([{ key: 'a', exact: true, tokens: null }], [{ key: 'a', exact: true, tokens: 4 }])
    expect(labelOf(comparison, 'tokens')).toMatchObject({ status: 'not-compared', reason: 'no-pairs' })
  })

  it('corrects p-values for the number of labels', async () => {
    const comparison = await compare(
      records(40, (index) => ({ exact: index > 5, tokens: index })),
      records(40, (index) => ({ exact: true, tokens: index })),
    )
    const exact = labelOf(comparison, 'exact')
    expect(exact?.status === 'compared' && exact.adjustedPValue / exact.pValue).toBeCloseTo(2)
  })

  const sides = fc.uniqueArray(
    fc.record({
      key: fc.string({ minLength: 1, maxLength: 4 }),
      contentHash: fc.constantFrom('x', 'y'),
      exact: fc.option(fc.boolean()),
      tokens: fc.option(fc.integer({ min: -9, max: 9 })),
      latency: fc.integer({ min: 1, max: 99 }),
    }),
    { selector: ({ key }) => key, maxLength: 30 },
  )

  it('of an experiment with itself finds nothing', async () => {
    const property = fc.asyncProperty(sides, async (side) => {
      const comparison = await compare(side, side)
      const { onlyInBaseline, onlyInCandidate, changed } = comparison.pairing
      expect(onlyInBaseline.count + onlyInCandidate.count + changed.count).toBe(0)
      expect(comparison.counts.fixed + comparison.counts.broken).toBe(0)
      for (const label of comparison.labels) {
        if (label.status === 'compared')
          expect(label).toMatchObject({ difference: 0, verdict: 'no evidence of a difference', fixed: 0, broken: 0 })
      }
    })
    await fc.assert(property)
  })

  it('mirrors when its sides are swapped', async () => {
    const property = fc.asyncProperty(sides, sides, async (left, right) => {
      const [there, back] = [await compare(left, right), await compare(right, left)]
      expect(back.pairing.paired).toBe(there.pairing.paired)
      expect(back.pairing.onlyInCandidate.count).toBe(there.pairing.onlyInBaseline.count)
      expect(back.counts).toEqual({ ...there.counts, fixed: there.counts.broken, broken: there.counts.fixed })
      for (const label of there.labels) {
        const mirrored = labelOf(back, label.label)
        expect(mirrored?.status).toBe(label.status)
        if (label.status !== 'compared' || mirrored?.status !== 'compared') continue
        expect(mirrored.difference).toBeCloseTo(-label.difference, 9)
        expect(mirrored.pValue).toBeCloseTo(label.pValue, 1)
        expect([mirrored.fixed, mirrored.broken]).toEqual([label.broken, label.fixed])
      }
    })
    await fc.assert(property)
  })
})
