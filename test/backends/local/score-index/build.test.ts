import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkedLine } from '../../../../src/backends/local/checked-line.ts'
import { eventLine } from '../../../../src/backends/local/event-line.ts'
import { buildScoreIndex } from '../../../../src/backends/local/score-index/build.ts'
import type { ScoreIndex } from '../../../../src/backends/local/score-index/score-index.ts'
import type { EvaluatorResult, EventBody } from '../../../../src/model/events.ts'
import { stamped, unitEvents } from '../../../helpers/events.ts'
import { tempFolder } from '../../../helpers/temp-folder.ts'

const mark = { size: 0, changedAt: 0, tail: 0 }

async function indexOf(text: string) {
  const file = join(await tempFolder(), 'events.jsonl')
  writeFileSync(file, text)
  return buildScoreIndex(file, mark)
}

/** The same line as another version might write it: the same members in another order. */
function inOtherOrder(line: string): string {
  return checkedLine(line.replace(/^\{("v":\d+),("seq":\d+)/, '{$2,$1').replace(/,"crc":\d+\}\n$/, ''))
}

/** Lines whose checksums have fewer digits are shorter. */
function withoutPlaces({ records, rows, ...others }: ScoreIndex) {
  return { ...others, records: { ...records, offsets: [] }, rows: { ...rows, starts: [], ends: [] } }
}

function linesOf(events: readonly EventBody[]): string[] {
  return stamped(events).map(eventLine)
}

const result: fc.Arbitrary<EvaluatorResult> = fc.oneof(
  fc.record({ value: fc.boolean() }).map(({ value }) => ok({ label: 'e', type: 'boolean', value })),
  fc.record({ value: fc.integer() }).map(({ value }) => ok({ label: 'e', type: 'score', value, assessment: 'fail' })),
  fc.record({ value: fc.string() }).map(({ value }) => ok({ label: 'e', type: 'categorical', value })),
  fc.constant<EvaluatorResult>({ status: 'skipped', reason: 'not-applicable' }),
  fc.constant<EvaluatorResult>({ status: 'error', error: { code: 'E_EVALUATOR', name: 'Error', message: 'no' } }),
)

function ok(evaluation: Extract<EvaluatorResult, { status: 'ok' }>['evaluations'][number]): EvaluatorResult {
  return { status: 'ok', evaluations: [evaluation] }
}

const units = fc.uniqueArray(
  fc.record({
    key: fc.string({ minLength: 1, unit: 'binary' }),
    evaluators: fc.dictionary(fc.constantFrom('e', 'f'), result),
  }),
  { selector: ({ key }) => key, maxLength: 6 },
)

describe('an index', () => {
  it('is the same whether lines are as this version writes them or not', async () => {
    const property = fc.asyncProperty(units, async (given) => {
      const lines = linesOf(given.flatMap(unitEvents))
      const index = await indexOf(lines.join(''))
      expect(index.rows.records).toEqual([...given.keys()])
      expect(withoutPlaces(await indexOf(lines.map(inOtherOrder).join('')))).toEqual(withoutPlaces(index))
    })
    await fc.assert(property)
  })

  it('has nothing of a line that is damaged, or that is not there yet as a whole', async () => {
    const [record = '', task = '', first = '', second = '', end = ''] = linesOf(
      unitEvents({
        key: 'a',
        evaluators: {
          e: ok({ label: 'e', type: 'boolean', value: true }),
          f: ok({ label: 'f', type: 'score', value: 1 }),
        },
      }),
    )
    const damaged = await indexOf([record, task, first.replace('true', 'trux'), second, end].join(''))
    expect(damaged.labels.map(({ label }) => label)).toEqual(['f'])
    expect(damaged.rows.statuses).toBe('o')

    const torn = await indexOf([record, task, first, second, end.slice(0, -1)].join(''))
    expect([torn.records.keys, torn.rows.records]).toEqual([['a'], []])
  })

  it('says where the lines of a row begin and end, also behind a line that is longer than what is read at once', async () => {
    const long = linesOf(unitEvents({ key: 'long', input: JSON.stringify('é'.repeat(300_000)) }))
    const short = linesOf(unitEvents({ key: 'short' }))
    const { rows, records } = await indexOf([...long, ...short].join(''))
    const bytes = (lines: readonly string[]): number => Buffer.byteLength(lines.join(''))
    expect(records.offsets).toEqual([0, bytes(long)])
    expect(rows.starts).toEqual([bytes(long.slice(0, 1)), bytes([...long, ...short.slice(0, 1)])])
    expect(rows.ends).toEqual([bytes(long), bytes([...long, ...short])])
  })
})
