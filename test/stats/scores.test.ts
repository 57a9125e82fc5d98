import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Scores } from '../../src/stats/scores.ts'
import { mpg, sleepDifferences } from './published.ts'

function scoresOf(values: readonly number[]): Scores {
  const scores = new Scores()
  for (const value of values) scores.add(value)
  return scores
}

describe('Scores', () => {
  it('of mtcars$mpg has the mean, deviation and interval of R: t.test(mtcars$mpg)', () => {
    const summary = scoresOf(mpg).summarize()
    expect(summary.mean).toBeCloseTo(20.090625, 12)
    expect(summary.standardDeviation).toBeCloseTo(6.026948052089104, 12)
    expect(summary.interval.low).toBeCloseTo(17.91768, 5)
    expect(summary.interval.high).toBeCloseTo(22.26357, 5)
    expect(summary).toMatchObject({ min: 10.4, p50: 19.2, max: 33.9 })
  })

  it("of Student's sleep data has the interval of R: 0.7001142 to 2.4598858", () => {
    const { interval } = scoresOf(sleepDifferences).summarize()
    expect(interval.low).toBeCloseTo(0.7001142, 7)
    expect(interval.high).toBeCloseTo(2.4598858, 7)
  })

  // NIST Statistical Reference Datasets, univariate summary statistics: certified values.
  it.each([
    ['NumAcc3', 1_000_000.2, 0.1, 1e-9],
    ['NumAcc4', 10_000_000.2, 0.1, 1e-7],
  ])('of %s has the certified mean and deviation', (_name, centre, deviation, accuracy) => {
    const values = [centre, ...Array.from({ length: 1000 }, (_, index) => centre + (index % 2 === 0 ? -0.1 : 0.1))]
    const summary = scoresOf(values).summarize()
    expect(Math.abs(summary.mean - centre) / centre).toBeLessThan(1e-14)
    expect(Math.abs(summary.standardDeviation - deviation)).toBeLessThan(accuracy)
  })

  it('of equal values has no deviation at all', () => {
    const summary = scoresOf(Array.from({ length: 1000 }, () => 0.1)).summarize()
    expect(summary).toMatchObject({ mean: 0.1, standardDeviation: 0, interval: { low: 0.1, high: 0.1 } })
  })

  it('of any finite values has only finite numbers, and a mean between its extremes', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
        const { interval, type: _type, ...numbers } = scoresOf(values).summarize()
        for (const number of [...Object.values(numbers), interval.low, interval.high]) {
          expect(Number.isFinite(number)).toBe(true)
        }
        const slack = 1e-9 * Math.max(Math.abs(numbers.min), Math.abs(numbers.max))
        expect(numbers.mean).toBeGreaterThanOrEqual(numbers.min - slack)
        expect(numbers.mean).toBeLessThanOrEqual(numbers.max + slack)
      }),
    )
  })
})
