import { describe, expect, it } from 'vitest'
import type { LabelSummary } from '../../../src/model/summary.ts'
import { renderLabelTable } from '../../../src/reporters/format/label-table.ts'
import { plainColors } from '../../../src/terminal/colors.ts'
import { displayWidth } from '../../../src/terminal/width.ts'
import { booleanLabel, scoreLabel } from '../../helpers/fake-view.ts'

const kinds: LabelSummary = {
  type: 'categorical',
  label: 'kind',
  evaluator: 'kind',
  scored: 40,
  errored: 0,
  skipped: 0,
  counts: [
    { value: 'billing', count: 20 },
    { value: '請求書について', count: 12 },
    { value: 'family 👩‍👩‍👧‍👦', count: 8 },
  ],
  otherCount: 0,
}

function render(columns: number, labels: readonly LabelSummary[]): string {
  return renderLabelTable({ labels, summaries: [] }, { colors: plainColors, isColored: false, columns })
}

describe('the table of evaluators', () => {
  const labels = [booleanLabel(), scoreLabel({ label: 'a_long_name_of_an_evaluator_that_says_it_all' }), kinds]

  it('breaks texts and cuts names where it would be too wide', () => {
    expect(render(80, labels)).toMatchInlineSnapshot(`
      "┌──────────────────────┬──────────────────────────┬────────┬─────────┬─────────┐
      │ evaluator            │ value                    │ scored │ errored │ skipped │
      ├──────────────────────┼──────────────────────────┼────────┼─────────┼─────────┤
      │ correct              │ 85.0 % [70.9, 92.9]      │     40 │       0 │       0 │
      │ a_long_name_of_an_e… │ 212.4 [202.1, 222.8]     │     38 │       2 │       0 │
      │ kind                 │ billing 50.0 %, 請求書に │     40 │       0 │       0 │
      │                      │ ついて 30.0 %, family 👩‍👩‍👧‍👦 │        │         │         │
      │                      │ 20.0 %                   │        │         │         │
      └──────────────────────┴──────────────────────────┴────────┴─────────┴─────────┘"
    `)
    expect(render(70, labels)).toMatchInlineSnapshot(`
      "┌────────────────┬──────────────────────┬────────┬─────────┬─────────┐
      │ evaluator      │ value                │ scored │ errored │ skipped │
      ├────────────────┼──────────────────────┼────────┼─────────┼─────────┤
      │ correct        │ 85.0 % [70.9, 92.9]  │     40 │       0 │       0 │
      │ a_long_name_o… │ 212.4 [202.1, 222.8] │     38 │       2 │       0 │
      │ kind           │ billing 50.0 %, 請求 │     40 │       0 │       0 │
      │                │ 書について 30.0 %,   │        │         │         │
      │                │ family 👩‍👩‍👧‍👦 20.0 %     │        │         │         │
      └────────────────┴──────────────────────┴────────┴─────────┴─────────┘"
    `)
  })

  it('never cuts a number or its interval: it gives way to blocks', () => {
    expect(render(62, labels)).toMatchInlineSnapshot(`
      "correct
        85.0 % [70.9, 92.9]
        scored 40, errored 0, skipped 0
      a_long_name_of_an_evaluator_that_says_it_all
        212.4 [202.1, 222.8]
        scored 38, errored 2, skipped 0
      kind
        billing 50.0 %, 請求書について 30.0 %, family 👩‍👩‍👧‍👦 20.0 %
        scored 40, errored 0, skipped 0"
    `)
  })

  it.each([20, 40, 60, 61, 70, 79, 80, 200])('fits into %i columns', (columns) => {
    const wide = render(columns, labels).split('\n')
    expect(wide.filter((line) => displayWidth(line) > columns)).toEqual([])
  })
})
