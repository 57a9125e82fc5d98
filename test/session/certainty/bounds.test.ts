import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  certaintyOfAllowance,
  certaintyOfErrors,
  certaintyOfExtreme,
  certaintyOfRate,
} from '../../../src/session/certainty/bounds.ts'
import { meets } from '../../../src/session/thresholds/meets.ts'

const share = fc.integer({ min: 0, max: 12 }).map((part) => part / 12)
const range = fc
  .record({ min: fc.option(share, { nil: undefined }), max: fc.option(share, { nil: undefined }) })
  .filter(({ min, max }) => min !== undefined || max !== undefined)
  .map(({ min, max }) => ({ ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }))
const remaining = fc.integer({ min: 0, max: 8 })

/** What all outcomes say together. */
function agree(outcomes: readonly boolean[]): string {
  if (outcomes.every((isMet) => isMet)) return 'met'
  return outcomes.some((isMet) => isMet) ? 'open' : 'missed'
}

describe('certainty', () => {
  it('of a pass rate is what trying all outcomes gives: each row passes, fails or is not scored', () => {
    const input = fc.record({ passed: fc.nat({ max: 8 }), failed: fc.nat({ max: 8 }), remaining, range })
    fc.assert(
      fc.property(input, ({ passed, failed, remaining: left, range: wanted }) => {
        const scored = passed + failed
        const outcomes: boolean[] = []
        for (let passes = 0; passes <= left; passes++) {
          for (let fails = 0; passes + fails <= left; fails++) {
            const rows = scored + passes + fails
            outcomes.push(rows > 0 && meets((passed + passes) / rows, wanted))
          }
        }
        expect(certaintyOfRate({ passed, scored, remaining: left }, wanted)).toBe(agree(outcomes))
      }),
      { numRuns: 5_000 },
    )
  })

  it('of an error rate is what trying all outcomes gives, unless a range has a least end', () => {
    const input = fc.record({ errors: fc.nat({ max: 8 }), others: fc.nat({ max: 8 }), remaining, max: share })
    fc.assert(
      fc.property(input, ({ errors, others, remaining: left, max }) => {
        const units = errors + others + left
        fc.pre(units > 0)
        const outcomes = Array.from({ length: left + 1 }, (_, more) => meets((errors + more) / units, { max }))
        expect(certaintyOfErrors({ errors, units, remaining: left }, { max })).toBe(agree(outcomes))
      }),
    )
  })

  it('of --max-errors is what trying all outcomes gives', () => {
    const allowed = fc.oneof(
      fc.nat({ max: 10 }).map((count) => ({ kind: 'count', count }) as const),
      fc.integer({ min: 0, max: 100 }).map((percent) => ({ kind: 'share', percent }) as const),
    )
    const input = fc.record({ errors: fc.nat({ max: 8 }), others: fc.nat({ max: 8 }), remaining, allowed })
    fc.assert(
      fc.property(input, ({ errors, others, remaining: left, allowed: allowance }) => {
        const units = errors + others + left
        const outcomes = Array.from({ length: left + 1 }, (_, more) =>
          allowance.kind === 'count'
            ? errors + more <= allowance.count
            : (errors + more) * 100 <= allowance.percent * units,
        )
        expect(certaintyOfAllowance({ errors, units, remaining: left }, allowance)).toBe(agree(outcomes))
      }),
    )
  })

  it('of an extreme is only ever that it is missed', () => {
    expect(certaintyOfExtreme(5, { max: 4 }, 'max')).toBe('missed')
    expect(certaintyOfExtreme(4, { max: 4 }, 'max')).toBe('open')
    expect(certaintyOfExtreme(1, { min: 2 }, 'min')).toBe('missed')
    expect(certaintyOfExtreme(1, { max: 2 }, 'min')).toBe('open')
  })
})
