import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/events.ts'
import type { RecordText, Row, RowQuery, RowReader } from '../../src/model/row.ts'
import { experimentEvents, stamped, taskError, unitEvents } from '../helpers/events.ts'
import { hostileTexts } from '../helpers/hostile.ts'

/** Keeps these events, as a run would have written them, and reads them back. */
export type MakeReader = (events: readonly RunEvent[]) => Promise<RowReader>

/** What everything that rows are read back from must do. Run it for each new one. */
export function rowReaderContract(name: string, makeReader: MakeReader): void {
  describe(`the contract of row readers: ${name}`, () => {
    it('puts a row together from its record, its task and its evaluations', async () => {
      const evaluators = {
        correct: { status: 'ok', evaluations: [{ label: 'correct', type: 'boolean', value: true }] },
        tone: { status: 'skipped', reason: 'not-applicable' },
      } as const
      const reader = await makeReader(experimentEvents({ units: [{ key: 'a', input: '{"q":1}', evaluators }] }))
      const [row, ...others] = await readRows(reader)
      expect(others).toEqual([])
      expect(row).toMatchObject({
        key: 'a',
        iteration: 1,
        generation: 0,
        position: 0,
        status: 'ok',
        record: { key: 'a', input: '{"q":1}' },
        task: { status: 'ok', output: '"out"', attempts: 1 },
        evaluations: [
          { evaluator: 'correct', ...evaluators.correct },
          { evaluator: 'tone', ...evaluators.tone },
        ],
      })
    })

    it('stamps a row and its evaluations as their events are stamped', async () => {
      const evaluators = { correct: { status: 'skipped', reason: 'not-applicable' } } as const
      const events = experimentEvents({ units: [{ key: 'a', evaluators }] })
      const stampOf = (type: RunEvent['type']) => {
        const event = events.find((candidate) => candidate.type === type)
        return { seq: event?.seq, at: event?.at }
      }
      const [row] = await readRows(await makeReader(events))
      expect(row).toMatchObject(stampOf('row-finished'))
      expect(row?.evaluations).toMatchObject([stampOf('evaluation-finished')])
    })

    it('gives rows in the order in which they finished, and their place in the dataset', async () => {
      const [a, b, c] = ['a', 'b', 'c'].map((key) => unitEvents({ key }))
      const records = [a, b, c].flatMap((events = []) => events.slice(0, 1))
      const rests = [c, a, b].flatMap((events = []) => events.slice(1))
      const reader = await makeReader(stamped([...records, ...rests]))
      expect((await readRows(reader)).map(({ key, position }) => [key, position])).toEqual([
        ['c', 2],
        ['a', 0],
        ['b', 1],
      ])
    })

    it('keeps the errors of tasks and evaluators', async () => {
      const failed = {
        status: 'timeout',
        error: { code: 'E_EVALUATOR_TIMEOUT', name: 'Error', message: 'late' },
      } as const
      const units = [
        { key: 'a', task: taskError('boom') },
        { key: 'b', evaluators: { tone: failed } },
      ]
      const rows = await readRows(await makeReader(experimentEvents({ units })))
      expect(rows).toMatchObject([
        { key: 'a', status: 'error', task: { status: 'error', error: { message: 'boom' } } },
        { key: 'b', status: 'ok', evaluations: [{ evaluator: 'tone', ...failed }] },
      ])
    })

    it('picks a run, or single units, and tells runs of the same record apart', async () => {
      const units = ['a', 'b', 'x/1'].map((key) => ({ key }))
      const reader = await makeReader(experimentEvents({ runs: 2, units }))
      const keys = async (query: RowQuery) =>
        (await readRows(reader, query)).map((row) => `${row.iteration} ${row.key}`)
      expect((await keys({})).length).toBe(6)
      expect((await keys({ iteration: 2 })).sort()).toEqual(['2 a', '2 b', '2 x/1'])
      expect((await keys({ units: new Set(['1/b', '2/x/1']) })).sort()).toEqual(['1 b', '2 x/1'])
      expect(await keys({ units: new Set() })).toEqual([])
    })

    it('leaves out rows that have not finished', async () => {
      const events = [...unitEvents({ key: 'a' }), ...unitEvents({ key: 'b' }).slice(0, -1)]
      expect((await readRows(await makeReader(stamped(events)))).map(({ key }) => key)).toEqual(['a'])
    })

    it('gives all records in the order in which they were read, each once', async () => {
      const units = ['a', 'b', 'c'].map((key) => ({ key }))
      const reader = await makeReader(experimentEvents({ runs: 2, units }))
      expect((await readRecords(reader)).map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    })

    it('gives texts back as they were, whatever stands in them', async () => {
      const units = hostileTexts.map((text) => ({
        key: text,
        input: JSON.stringify(text),
        task: { status: 'ok', output: JSON.stringify({ text, crc: 1 }) } as const,
      }))
      const rows = await readRows(await makeReader(experimentEvents({ units })))
      expect(rows.map(({ key }) => key)).toEqual(hostileTexts)
      expect(rows.map(({ record }) => JSON.parse(record.input))).toEqual(hostileTexts)
      expect(rows.map(({ task }) => task)).toMatchObject(units.map(({ task }) => task))
    })

    it('has neither rows nor records where nothing was written', async () => {
      const reader = await makeReader([])
      expect(await readRows(reader)).toEqual([])
      expect(await readRecords(reader)).toEqual([])
    })
  })
}

async function readRows(reader: RowReader, query: RowQuery = {}): Promise<Row[]> {
  const rows: Row[] = []
  for await (const row of reader.rows(query)) rows.push(row)
  return rows
}

async function readRecords(reader: RowReader): Promise<RecordText[]> {
  const records: RecordText[] = []
  for await (const batch of reader.records()) records.push(...batch)
  return records
}
