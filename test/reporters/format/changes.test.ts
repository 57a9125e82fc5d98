import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExperimentChanges, RowChange } from '../../../src/model/changes.ts'
import type { Row } from '../../../src/model/row.ts'
import { renderChanges } from '../../../src/reporters/format/changes.ts'
import { plainColors } from '../../../src/terminal/colors.ts'
import { displayWidth } from '../../../src/terminal/width.ts'
import { stamp, taskError, timing } from '../../helpers/events.ts'
import { booleanLabel, scoreLabel } from '../../helpers/fake-view.ts'
import { hostileTexts } from '../../helpers/hostile.ts'

function row(key: string, output: string, changes: Partial<Row> = {}): Row {
  const record = { key, contentHash: '00', input: `{"country":"${key}"}`, expectedOutput: '"Lima"' }
  const task = { ...timing, status: 'ok', output } as const
  const unit = { key, iteration: 1, generation: 0, ...stamp }
  return { ...unit, position: 0, status: 'ok', record, task, evaluations: [], ...changes }
}

const noCounts = { broken: 0, fixed: 0, changed: 0, same: 0, new: 0, removed: 0 }

function found(changes: Partial<ExperimentChanges>): ExperimentChanges {
  return {
    name: 'capitals',
    runs: 1,
    beforeId: 'before',
    afterId: 'after',
    labels: [],
    summaries: [],
    counts: noCounts,
    rows: [],
    ...changes,
  }
}

function render(changes: Partial<ExperimentChanges>, columns = 80): string {
  return renderChanges(found(changes), { colors: plainColors, isColored: false, columns })
}

const correct = (value: boolean) => ({
  ...timing,
  evaluator: 'correct',
  status: 'ok' as const,
  evaluations: [{ label: 'correct', type: 'boolean' as const, value }],
})

const rows: readonly RowChange[] = [
  {
    kind: 'broken',
    key: 'peru',
    iteration: 1,
    before: row('peru', '"Lima"', { evaluations: [correct(true)] }),
    after: row('peru', '"Rio de Janeiro"', { evaluations: [correct(false)] }),
  },
  {
    kind: 'fixed',
    key: 'chile',
    iteration: 1,
    before: row('chile', '', { status: 'error', task: { ...timing, ...taskError('no answer') } }),
    after: row('chile', '"Santiago"'),
  },
  { kind: 'changed', key: 'cuba', iteration: 1, before: row('cuba', '"Havana"'), after: row('cuba', '"La Habana"') },
  { kind: 'new', key: 'iran', iteration: 1, after: row('iran', '"Tehran"') },
  { kind: 'removed', key: 'iraq', iteration: 1, before: row('iraq', '"Baghdad"') },
]

const everything: Partial<ExperimentChanges> = {
  labels: [
    {
      label: 'correct',
      before: booleanLabel({ passRate: 0.5 }),
      after: booleanLabel({ passRate: 0.75, errored: 3 }),
      fixed: 2,
      broken: 1,
    },
    { label: 'tokens', before: scoreLabel({ mean: 212.4 }), after: scoreLabel({ mean: 190 }), fixed: 0, broken: 0 },
    { label: 'tone', after: booleanLabel({ passRate: 1 }), fixed: 0, broken: 0 },
    { label: 'length', before: scoreLabel(), fixed: 0, broken: 0 },
  ],
  summaries: [
    {
      name: 'accuracy',
      before: { name: 'accuracy', status: 'ok', type: 'score', value: 0.5 },
      after: { name: 'accuracy', status: 'ok', type: 'score', value: 0.75 },
    },
  ],
  counts: { broken: 1, fixed: 1, changed: 12, same: 30, new: 1, removed: 1 },
  rows,
}

describe('changes as text', () => {
  it('are the numbers with their differences, then rows, each in a line', () => {
    expect(render(everything)).toMatchInlineSnapshot(`
      "changes in capitals: 1 row broken, 1 fixed, 12 changed, 1 new, 1 removed, 30 as…
        correct             50.0 % → 75.0 %  +25.0 points  (1 broken, 2 fixed, errore…
        tokens              212.4 → 190  -22.4
        tone                new: 100.0 %
        length              is gone
        accuracy (summary)  0.5 → 0.75  +0.25
        1 broken
          peru  {"country":"peru"}  expected "Lima"  "Lima"  → "Rio de Janeiro"
        1 fixed
          chile  {"country":"chile"}  expected "Lima"  error: no answer  → "Santiago"
        12 changed
          cuba  {"country":"cuba"}  expected "Lima"  "Havana"  → "La Habana"
          and 11 more
        1 new
          iran  {"country":"iran"}  expected "Lima"  "Tehran"
        1 removed
          iraq  {"country":"iraq"}  expected "Lima"
      "
    `)
  })

  it('on a wide terminal say which evaluator changed its mind', () => {
    expect(render({ counts: { ...noCounts, broken: 1 }, rows: rows.slice(0, 1) }, 160)).toMatchInlineSnapshot(`
      "changes in capitals: 1 row broken
        1 broken
          peru  {"country":"peru"}  expected "Lima"  "Lima"  → "Rio de Janeiro"  correct pass → fail
      "
    `)
  })

  it('on a narrow terminal are key and outputs', () => {
    expect(render(everything, 40)).toMatchInlineSnapshot(`
      "changes in capitals: 1 row broken, 1 fi…
        correct             50.0 % → 75.0 %  …
        tokens              212.4 → 190  -22.4
        tone                new: 100.0 %
        length              is gone
        accuracy (summary)  0.5 → 0.75  +0.25
        1 broken
          peru  "Lima"  → "Rio de Janeiro"
        1 fixed
          chile  error: no answ…  → "Santiago"
        12 changed
          cuba  "Havana"  → "La Habana"
          and 11 more
        1 new
          iran  "Tehran"
        1 removed
          iraq
      "
    `)
  })

  it('are one line where nothing has changed', () => {
    expect(render({ counts: { ...noCounts, same: 40 } })).toBe('no change in capitals: 40 rows as before\n')
  })

  it('name the run where there are several', () => {
    expect(render({ runs: 2, counts: { ...noCounts, new: 1 }, rows: rows.slice(3, 4) })).toContain('iran · run 1')
  })

  it('say that the record is another one, and that a row cannot be read back', () => {
    const before = row('a', '"x"')
    const after = row('a', '"x"', { record: { ...before.record, contentHash: '11' } })
    const text = render({
      counts: { ...noCounts, changed: 2 },
      rows: [
        { kind: 'changed', key: 'a', iteration: 1, before, after },
        { kind: 'changed', key: 'b', iteration: 1 },
      ],
    })
    expect(text).toContain('"x"  other record\n')
    expect(text).toContain('b  (cannot be read back)\n')
  })

  it.each([
    [0.5, 0.625, '50.0 % → 62.5 %  +12.5 points'],
    [0.85, 0.8496, '85.0 %  -0.04 points'],
    [1, 0, '100.0 % → 0.0 %  -100.0 points'],
  ])('tell a pass rate from %d to %d as %s', (before, after, text) => {
    const label = {
      label: 'correct',
      before: booleanLabel({ passRate: before }),
      after: booleanLabel({ passRate: after }),
      fixed: 0,
      broken: 0,
    }
    expect(render({ labels: [label] })).toContain(`  correct  ${text}\n`)
  })

  it('fit every terminal and carry no control character, whatever stands in the rows', () => {
    const anyText = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'grapheme', maxLength: 200 }))
    fc.assert(
      fc.property(anyText, anyText, fc.integer({ min: 20, max: 200 }), (key, output, columns) => {
        const one = row(key, output, { record: { key, contentHash: '', input: output, expectedOutput: key } })
        const text = render(
          {
            name: key,
            counts: { ...noCounts, broken: 1 },
            rows: [{ kind: 'broken', key, iteration: 1, before: row(key, key), after: one }],
          },
          columns,
        )
        expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u)
        for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
      }),
      { numRuns: 200 },
    )
  })
})
