import { describe, expect, it } from 'vitest'
import type { LabelSummary, Stability } from '../../../src/model/summary.ts'
import { renderStability } from '../../../src/reporters/format/stability.ts'
import { plainColors } from '../../../src/terminal/colors.ts'

const stability: Stability = {
  stablePass: 812,
  stableFail: 40,
  flaky: 148,
  single: 0,
  flakyKeys: ['germany', 'france', 'a very long key that somebody gave to a record', 'japan', 'peru', 'chad'],
  passAt: [
    { k: 1, records: 1000, passAtK: 0.884, passHatK: 0.884 },
    { k: 2, records: 1000, passAtK: 0.93, passHatK: 0.84 },
    { k: 3, records: 1000, passAtK: 0.96, passHatK: 0.812 },
  ],
}

function label(over: Partial<Stability> = {}, name = 'exact'): LabelSummary {
  return {
    label: name,
    evaluator: name,
    scored: 3000,
    errored: 0,
    skipped: 0,
    type: 'boolean',
    passRate: 0.884,
    passed: 2652,
    interval: { low: 0.86, high: 0.9, rough: false },
    stability: { ...stability, ...over },
  }
}

function render(labels: readonly LabelSummary[], columns = 80): string {
  return renderStability(labels, { colors: plainColors, isColored: false, columns })
}

describe('renderStability', () => {
  it('tells for each boolean label how its records go', () => {
    expect(render([label()])).toMatchInlineSnapshot(`
      "exact, record by record
        812 stable-pass, 40 stable-fail, 148 flaky
        pass@k (any of k runs): @1 88.4 %, @2 93.0 %, @3 96.0 %
        pass^k (all of k runs): ^1 88.4 %, ^2 84.0 %, ^3 81.2 %
        flaky: germany, france, a very long key that somebody g…, japan, peru and 143
        more"
    `)
  })

  it('fits into 40 columns', () => {
    const text = render([label()], 40)
    expect(text).toMatchInlineSnapshot(`
      "exact, record by record
        812 stable-pass, 40 stable-fail, 148
        flaky
        pass@k (any of k runs): @1 88.4 %, @2
        93.0 %, @3 96.0 %
        pass^k (all of k runs): ^1 88.4 %, ^2
        84.0 %, ^3 81.2 %
        flaky: germany, france, a very long
        key that somebody g…, japan, peru and
        143 more"
    `)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(40)
  })

  it('says over how many records, where not all have every value', () => {
    const passAt = [
      { k: 1, records: 1000, passAtK: 0.884, passHatK: 0.884 },
      { k: 2, records: 990, passAtK: 0.93, passHatK: 0.84 },
      { k: 3, records: 0 },
    ]
    expect(render([label({ passAt, single: 10 })])).toMatchInlineSnapshot(`
      "exact, record by record
        812 stable-pass, 40 stable-fail, 148 flaky, 10 with a single value
        pass@k (any of k runs): @1 88.4 %, @2 93.0 %
        pass^k (all of k runs): ^1 88.4 %, ^2 84.0 %
        k = 2 over 990 records with so many values, k = 1 over 1,000
        flaky: germany, france, a very long key that somebody g…, japan, peru and 143
        more"
    `)
  })

  it('says nothing where there is one run, or no boolean', () => {
    const counts = { evaluator: 'x', scored: 3, errored: 0, skipped: 0 }
    const interval = { low: 0.2, high: 0.9, rough: true }
    const boolean: LabelSummary = { label: 'exact', ...counts, type: 'boolean', passRate: 1, passed: 3, interval }
    expect(render([boolean, { label: 'notes', ...counts, type: 'json' }])).toBe('')
  })

  it('keeps what a key says from the terminal', () => {
    expect(render([label({ flakyKeys: ['\u001b[2Jx\nnew'], flaky: 1 })])).not.toContain('\u001b')
  })
})
