import { describe, expect, it } from 'vitest'
import type { Row, RowEvaluation } from '../../../src/model/row.ts'
import { stamp, timing } from '../../helpers/events.ts'
import { fakeRecord } from '../../helpers/fake-executor.ts'
import { openFixture } from './open.ts'

function row(position: number, changes: Partial<Row> = {}): Row {
  const record = fakeRecord(position, { input: `{"n":${position}}` })
  const even: RowEvaluation = {
    evaluator: 'even',
    ...timing,
    status: 'ok',
    evaluations: [{ label: 'even', type: 'boolean', value: position % 2 === 0 }],
  }
  const task = { status: 'ok', output: String(position), ...timing } as const
  const ref = { key: record.key, iteration: 1, generation: 0, ...stamp }
  return { ...ref, position, status: 'ok', record, task, evaluations: [even], ...changes }
}

async function* inOrder(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows
}

async function columns(rows: readonly Row[]): Promise<Record<string, unknown[]>> {
  const { executor } = await openFixture('calls.ts', 'summary')
  const calls = await executor.summarize(inOrder(rows))
  const end = await calls.call('columns').ended
  calls.close()
  if (end.status !== 'returned' || end.result.status !== 'ok') throw new Error('the summary evaluator succeeds')
  return JSON.parse(String(end.result.value))
}

describe('summary evaluators', () => {
  it('see all rows as columns, in the order of the dataset', async () => {
    const error = { code: 'E_TASK', name: 'Error', message: 'no' } as const
    const failed = row(1, { status: 'error', task: { status: 'error', error, ...timing }, evaluations: [] })
    const { inputs, outputs, evaluations, rows } = await columns([row(2), failed, row(0)])
    expect(inputs).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }])
    expect(outputs).toEqual([0, null, 2])
    expect(evaluations).toEqual({ even: [true, null, true] })
    expect(rows).toEqual([
      { recordId: 'r0', status: 'ok', input: { n: 0 }, output: 0, evaluations: { even: true } },
      { recordId: 'r1', status: 'error', input: { n: 1 }, evaluations: {} },
      { recordId: 'r2', status: 'ok', input: { n: 2 }, output: 2, evaluations: { even: true } },
    ])
  })

  it('see more rows than go over at once', async () => {
    const { inputs } = await columns(Array.from({ length: 1_201 }, (_, position) => row(position)))
    expect(inputs?.length).toBe(1_201)
  })

  it('see empty columns where there are no rows', async () => {
    expect(await columns([])).toMatchObject({ inputs: [], rows: [], evaluations: { even: [] } })
  })

  it('fail on their own: one that throws, one that returns no value', async () => {
    const { executor } = await openFixture('calls.ts', 'summary')
    const calls = await executor.summarize(inOrder([row(0)]))
    expect(await calls.call('throws').ended).toMatchObject({
      result: { status: 'error', error: { code: 'E_SUMMARY_EVALUATOR', message: 'no summary' } },
    })
    expect(await calls.call('nothing').ended).toMatchObject({
      result: { status: 'error', error: { message: expect.stringContaining('NaN') } },
    })
  })
})
