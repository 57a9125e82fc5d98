import { describe, expect, it } from 'vitest'
import type { Comparison } from '../../../src/model/comparison.ts'
import { describeRegression } from '../../../src/model/regression.ts'
import { compareScores } from '../../../src/session/compare/compare.ts'
import { directionsOf } from '../../../src/session/compare/directions.ts'
import { findRegressions } from '../../../src/session/compare/regressions.ts'
import { type FakeRecord, fakeScores } from '../../helpers/scores.ts'

/** Forty records, of which so many pass. */
function passing(count: number): FakeRecord[] {
  return Array.from({ length: 40 }, (_, index) => ({ key: `r${index}`, exact: index < count, tokens: index }))
}

function compare(baseline: readonly FakeRecord[], candidate: readonly FakeRecord[]): Promise<Comparison> {
  return compareScores(fakeScores(baseline, 'main'), fakeScores(candidate), directionsOf({}))
}

describe('a gate against regressions', () => {
  it('closes on what is worse by more than chance, with the evidence', async () => {
    const comparison = await compare(passing(40), passing(28))
    const [failure, ...others] = findRegressions(comparison, [{}], {})
    expect(others).toEqual([])
    expect(failure).toMatchObject({
      kind: 'regression',
      name: 'exact',
      baseline: 'main',
      before: 1,
      after: expect.closeTo(0.7),
      pairs: 40,
    })
    expect(failure?.kind === 'regression' && describeRegression(failure)).toMatch(
      /^exact regressed against main: 1 → 0\.7 \(-0\.3, 95 % interval -0\.\d+ to -0\.\d+, p < 0\.001, n = 40\)$/,
    )
  })

  it('lets noise and improvements pass', async () => {
    expect(findRegressions(await compare(passing(40), passing(37)), [{}], {})).toEqual([])
    expect(findRegressions(await compare(passing(20), passing(40)), [{}], {})).toEqual([])
  })

  it('tolerates as much as it was told, on the command line before the definition', async () => {
    const comparison = await compare(passing(40), passing(28))
    expect(findRegressions(comparison, [{ name: 'exact', tolerance: 0.3 }], {})).toEqual([])
    expect(findRegressions(comparison, [{}], { exact: { tolerance: 0.5 } })).toEqual([])
    expect(
      findRegressions(comparison, [{ name: 'exact', tolerance: 0.1 }], { exact: { tolerance: 0.5 } }),
    ).toHaveLength(1)
  })

  it('looks at what it names alone', async () => {
    expect(findRegressions(await compare(passing(40), passing(28)), [{ name: 'tokens' }], {})).toEqual([])
  })

  it('closes on a label that has lost its values, and on a comparison of nothing', async () => {
    const silent = passing(40).map(({ key }) => ({ key, exact: true, tokens: null }))
    expect(findRegressions(await compare(passing(40), silent), [{}], {})).toEqual([
      { kind: 'not-compared', name: 'tokens', baseline: 'main', reason: 'no-pairs' },
    ])
    const others = passing(40).map((record) => ({ ...record, key: `other ${record.key}` }))
    expect(findRegressions(await compare(passing(40), others), [{ name: 'exact' }], {})).toEqual([
      { kind: 'not-compared', name: 'exact', baseline: 'main', reason: 'no-pairs' },
    ])
  })

  it('is none where none was asked for', async () => {
    expect(findRegressions(await compare(passing(40), passing(0)), [], {})).toEqual([])
  })
})
