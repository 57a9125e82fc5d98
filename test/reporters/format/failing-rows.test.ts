import { describe, expect, it } from 'vitest'
import type { Row } from '../../../src/model/row.ts'
import { renderRow } from '../../../src/reporters/format/failing-rows.ts'
import { plainColors } from '../../../src/terminal/colors.ts'
import { displayWidth } from '../../../src/terminal/width.ts'
import { timing } from '../../helpers/events.ts'
import { fakeRow } from '../../helpers/fake-view.ts'
import { drivesTerminal, hostileTexts } from '../../helpers/hostile.ts'

const refund = 'The refund for your order was sent to the card that you paid with, and should arrive within five days.'

const marks = { ...plainColors, green: (text: string) => `<${text}>`, red: (text: string) => `>${text}<` }

function render(row: Row, { columns = 80, runs = 1, isColored = false } = {}): string {
  return renderRow(row, { colors: isColored ? marks : plainColors, isColored, columns, runs })
}

/** A row whose task gave an output that was not expected. */
function unexpected(expectedOutput: unknown, output: unknown, changes: Partial<Row> = {}): Row {
  const row = fakeRow(changes)
  return {
    ...row,
    record: { ...row.record, expectedOutput: JSON.stringify(expectedOutput) },
    task: { status: 'ok', output: JSON.stringify(output), ...timing },
    evaluations: [
      {
        evaluator: 'same',
        status: 'ok',
        evaluations: [{ label: 'same', type: 'boolean', value: false }],
        ...timing,
      },
    ],
  }
}

describe('a failing row', () => {
  it('shows where a text differs from what was expected, in lines of its own', () => {
    expect(render(unexpected(refund, refund.replace('five', '5')))).toMatchInlineSnapshot(`
      "  t-17 · did not pass: same
          input            {"ticket":"I was charged twice in May"}
          expected         …d that you paid with, and should arrive within five days."
          output           …d that you paid with, and should arrive within 5 days."
                                                                           ^"
    `)
  })

  it('shows the difference in colours where there are some', () => {
    expect(render(unexpected('Paris, France', 'Paris, Texas'), { isColored: true })).toMatchInlineSnapshot(`
      "  t-17> · did not pass: same<
          input            {"ticket":"I was charged twice in May"}
          expected         "Paris, <France>"
          output           "Paris, >Texas<""
    `)
  })

  it('shows which members of an object differ', () => {
    const expected = { label: 'bug', customer: { plan: 'pro' }, reply: refund, a: 1, b: 2 }
    const output = { label: 'other', customer: { plan: 'free' }, reply: refund.replace('card', 'account'), a: 2 }
    expect(render(unexpected(expected, output))).toMatchInlineSnapshot(`
      "  t-17 · did not pass: same
          input            {"ticket":"I was charged twice in May"}
          expected         {"label":"bug","customer":{"plan":"pro"},"reply":"The
                           refund for your order was sent to the card that you paid w…
          output           {"label":"other","customer":{"plan":"free"},"reply":"The
                           refund for your order was sent to the account that you pai…
          difference       label: expected "bug", got "other"
                           customer.plan: expected "pro", got "free"
                           reply: expected …s sent to the card that you paid with, an…
                                       got …s sent to the account that you paid with,…
                           a: expected 1, got 2
                           and 1 more member"
    `)
    expect(render(unexpected(expected, output), { columns: 32 })).toMatchInlineSnapshot(`
      "  t-17 · did not pass: same
          input
            {"ticket":"I was charged
            twice in May"}
          expected
            {"label":"bug","customer":
            {"plan":"pro"},"reply":"T…
          output
            {"label":"other","customer
            ":{"plan":"free"},"reply"…
          difference
            label
              expected "bug"
              got      "other"
            customer.plan
              expected "pro"
              got      "free"
            reply
              expected … the card tha…
              got      … the account …
            a: expected 1, got 2
            and 1 more member"
    `)
  })

  it('says what the eye does not see', () => {
    expect(render(unexpected('caf\u00e9', 'cafe\u0301'), { columns: 120 })).toContain(
      'difference       looks the same, but U+0065 U+0301 came where U+00E9 was expected',
    )
  })

  it('names its run where there are several', () => {
    expect(render(unexpected(1, 2), { runs: 3 }).split('\n')[0]).toBe('  t-17 · run 1 · did not pass: same')
    expect(render(unexpected(1, 2)).split('\n')[0]).toBe('  t-17 · did not pass: same')
  })

  it('keeps some of a long key beside a long list of what failed', () => {
    const evaluations = Array.from({ length: 30 }, (_, index) => ({
      evaluator: `evaluator_${index}`,
      status: 'error' as const,
      error: { code: 'E_EVALUATOR' as const, name: 'Error', message: 'boom' },
      ...timing,
    }))
    const [head] = render(fakeRow({ key: 'k'.repeat(200), evaluations }), { columns: 60 }).split('\n')
    expect(head).toBe('  kkkkkkkkkkk… · errors in: evaluator_0, evaluator_1, evalu…')
  })

  it.each([20, 21, 37, 60, 200])('is never wider than a terminal of %i columns, and never steers it', (columns) => {
    const texts = [...hostileTexts, '日本語の長い文章'.repeat(20), '👩‍👩‍👧‍👦'.repeat(30), 'e\u0301'.repeat(200)]
    for (const text of texts) {
      for (const other of [`${text}.`, `.${text}`, { [text]: text }]) {
        for (const expected of [text, { [text]: `${text}x` }]) {
          const rendered = render(unexpected(expected, other, { key: text }), { columns })
          expect(rendered).not.toMatch(drivesTerminal)
          expect(rendered.split('\n').filter((line) => displayWidth(line) > columns)).toEqual([])
        }
      }
    }
  })
})
