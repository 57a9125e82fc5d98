import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Comparison, LabelComparison } from '../../../src/model/comparison.ts'
import type { Row } from '../../../src/model/row.ts'
import { renderComparison } from '../../../src/reporters/format/compare/comparison.ts'
import { plainColors } from '../../../src/terminal/colors.ts'
import { displayWidth } from '../../../src/terminal/width.ts'
import { stamp, timing } from '../../helpers/events.ts'
import { drivesTerminal, hostileTexts } from '../../helpers/hostile.ts'

function row(key: string, output: string, isRight: boolean): Row {
  return {
    ...{ key, iteration: 1, generation: 0, position: 0, status: 'ok' as const, ...stamp },
    record: { key, contentHash: '00', input: `{"country":"${key}"}`, expectedOutput: '"Lima"' },
    task: { ...timing, status: 'ok', output },
    evaluations: [
      {
        ...timing,
        evaluator: 'exact',
        status: 'ok',
        evaluations: [{ label: 'exact', type: 'boolean', value: isRight, reasoning: 'wanted Lima' }],
      },
    ],
  }
}

const coverage = { scored: 200, errored: 0, skipped: 0 }
const exact = {
  ...({ label: 'exact', evaluator: 'exact', direction: 'higher', status: 'compared', type: 'boolean' } as const),
  coverage: { baseline: coverage, candidate: { scored: 198, errored: 2, skipped: 0 } },
  ...({
    pairs: 198,
    baseline: 0.92,
    candidate: 0.84,
    difference: -0.08,
    test: 'mcnemar-exact',
    pValue: 0.0015,
  } as const),
  ...{ interval: { low: -0.131, high: -0.029, rough: false }, detectable: 0.07, adjustedPValue: 0.003 },
  ...({ verdict: 'regressed', fixed: 1, broken: 17 } as const),
} satisfies LabelComparison

const tokens = {
  ...exact,
  ...({ label: 'tokens', evaluator: 'tokens', direction: 'lower', type: 'score', test: 'paired-t' } as const),
  ...{ baseline: 412.5, candidate: 398.25, difference: -14.25, interval: { low: -40, high: 11.5, rough: true } },
  ...({ adjustedPValue: 0.31, detectable: 36.6, verdict: 'no evidence of a difference', fixed: 0, broken: 0 } as const),
} satisfies LabelComparison

const tone: LabelComparison = {
  ...{ label: 'tone', evaluator: 'tone', direction: 'higher', status: 'not-compared', reason: 'not-numeric' },
  coverage: { baseline: coverage, candidate: coverage },
}

function comparison(changes: Partial<Comparison> = {}): Comparison {
  const side = { runs: 1, records: 200, isComplete: true, name: 'capitals' }
  return {
    baseline: { ...side, experimentId: '20261121t101112-a1b2c3', source: 'latest:capitals' },
    candidate: {
      ...side,
      experimentId: '20261122t081503-k3f9q2',
      source: '20261122t081503-k3f9q2',
      file: 'capitals.ts',
    },
    pairing: {
      paired: 198,
      onlyInBaseline: { count: 7, keys: ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'] },
      onlyInCandidate: { count: 0, keys: [] },
      changed: { count: 1, keys: ['t-5'] },
    },
    labels: [exact, tokens, tone],
    latency: {
      ...tokens,
      baseline: 812,
      candidate: 790,
      difference: -22,
      pValue: 0.27,
      interval: { low: -61.2, high: 17.2, rough: false },
    },
    summaries: [
      {
        name: 'accuracy',
        iteration: 1,
        baseline: { name: 'accuracy', status: 'ok', type: 'score', value: 0.92 },
        candidate: { name: 'accuracy', status: 'ok', type: 'score', value: 0.84 },
      },
    ],
    counts: { fixed: 1, broken: 17, stillFailing: 3 },
    records: [
      { kind: 'broken', key: 'peru', baseline: row('peru', '"Lima"', true), candidate: row('peru', '"Cusco"', false) },
      { kind: 'fixed', key: 'chile', candidate: row('chile', '"Lima"', true) },
      { kind: 'still-failing', key: 'gone' },
    ],
    ...changes,
  }
}

function render(columns: number, changes: Partial<Comparison> = {}): string {
  return renderComparison(comparison(changes), { colors: plainColors, isColored: false, columns })
}

describe('a comparison for people', () => {
  it('has the verdicts first, then what broke, then what was not paired', () => {
    expect(render(80)).toMatchInlineSnapshot(`
      "capitals 20261122t081503-k3f9q2 compared with 20261121t101112-a1b2c3
      (latest:capitals): 198 records paired

        exact         92.0 % → 84.0 %  regressed
          -8.0 points, 95 % interval -13.1 to -2.9, p = 0.003, n = 198; 1 fixed, 17
          broken
          scored 200 → 198, errored 0 → 2, skipped 0
        tokens        412.5 → 398.3, lower is better  no evidence of a difference
          -14.25, rough 95 % interval -40 to +11.5, p = 0.31, n = 198
          198 records would have shown a difference of 36.6 four times in five
          scored 200 → 198, errored 0 → 2, skipped 0
        tone          not compared: its values are no numbers
          scored 200, errored 0, skipped 0
        task latency  812 ms → 790 ms
          -22.0 ms, 95 % interval -61.2 to +17.2, p = 0.27, n = 198

      summary evaluators
        accuracy 0.92 → 0.84

      17 records broken: passed before, fail now
        peru · did not pass: exact
          input            {"country":"peru"}
          expected         "Lima"
          output           "Cusco"
          exact            false: wanted Lima
          before           "Lima"
          llmobs-exp run capitals.ts --only capitals --record peru
        and 16 more

      1 record fixed: failed before, pass now
        chile · ok
          input            {"country":"chile"}
          expected         "Lima"
          output           "Lima"

      3 records still failing
        gone (its row cannot be read back)
          llmobs-exp run capitals.ts --only capitals --record gone
        and 2 more

      not paired: 7 records only in the baseline: p1, p2, p3, p4, p5 and 2 more
      not paired: 1 record with other content than in the baseline: t-5
      "
    `)
  })

  it('fits a narrow terminal', () => {
    expect(render(40)).toMatchInlineSnapshot(`
      "capitals 20261122t081503-k3f9q2 compared
      with 20261121t101112-a1b2c3
      (latest:capitals): 198 records paired

        exact
          92.0 % → 84.0 %
          regressed
          -8.0 points, 95 % interval -13.1 to
          -2.9, p = 0.003, n = 198; 1 fixed,
          17 broken
          scored 200 → 198, errored 0 → 2,
          skipped 0
        tokens
          412.5 → 398.3, lower is better
          no evidence of a difference
          -14.25, rough 95 % interval -40 to
          +11.5, p = 0.31, n = 198
          198 records would have shown a
          difference of 36.6 four times in
          five
          scored 200 → 198, errored 0 → 2,
          skipped 0
        tone
          not compared: its values are no
          numbers
          scored 200, errored 0, skipped 0
        task latency  812 ms → 790 ms
          -22.0 ms, 95 % interval -61.2 to
          +17.2, p = 0.27, n = 198

      summary evaluators
        accuracy 0.92 → 0.84

      17 records broken: passed before, fail …
        peru · did not pass: exact
          input
            {"country":"peru"}
          expected
            "Lima"
          output
            "Cusco"
          exact
            false: wanted Lima
          before
            "Lima"
          llmobs-exp run capitals.ts --only capitals --record peru
        and 16 more

      1 record fixed: failed before, pass now
        chile · ok
          input
            {"country":"chile"}
          expected
            "Lima"
          output
            "Lima"

      3 records still failing
        gone (its row cannot be read back)
          llmobs-exp run capitals.ts --only capitals --record gone
        and 2 more

      not paired: 7 records only in the
      baseline: p1, p2, p3, p4, p5 and 2 more
      not paired: 1 record with other content
      than in the baseline: t-5
      "
    `)
  })

  it('uses the room of a wide one', () => {
    expect(render(200).split('\n').slice(0, 8).join('\n')).toMatchInlineSnapshot(`
      "capitals 20261122t081503-k3f9q2 compared with 20261121t101112-a1b2c3 (latest:capitals): 198 records paired

        exact         92.0 % → 84.0 %  regressed
          -8.0 points, 95 % interval -13.1 to -2.9, p = 0.003, n = 198; 1 fixed, 17 broken
          scored 200 → 198, errored 0 → 2, skipped 0
        tokens        412.5 → 398.3, lower is better  no evidence of a difference
          -14.25, rough 95 % interval -40 to +11.5, p = 0.31, n = 198
          198 records would have shown a difference of 36.6 four times in five"
    `)
  })

  it('says when a side did not come to its end, and when nothing was compared', () => {
    const { baseline } = comparison()
    const text = render(80, {
      baseline: { ...baseline, isComplete: false },
      ...{ labels: [], summaries: [], records: [], counts: { fixed: 0, broken: 0, stillFailing: 0 } },
    })
    expect(text).toContain('  the baseline did not come to its end\n')
  })

  it('lets through nothing that steers a terminal, whatever the data has in it', () => {
    const property = fc.property(
      fc.constantFrom(...hostileTexts),
      fc.integer({ min: 20, max: 120 }),
      (text, columns) => {
        const changes: Partial<Comparison> = {
          labels: [
            { ...exact, label: text },
            { ...tone, label: text },
          ],
          records: [{ kind: 'broken', key: text, candidate: row(text, JSON.stringify(text), false) }],
          pairing: { ...comparison().pairing, changed: { count: 1, keys: [text] } },
        }
        const rendered = render(columns, { ...changes, candidate: { ...comparison().candidate, name: text } })
        expect(rendered).not.toMatch(drivesTerminal)
        const tooWide = rendered
          .split('\n')
          .filter((line) => displayWidth(line) > columns && !line.includes('llmobs-exp run'))
        expect(tooWide).toEqual([])
      },
    )
    fc.assert(property)
  })
})
