import { describe, expect, it } from 'vitest'
import { settle } from '../helpers/fake-clock.ts'
import { fakeRecord, fakeRecords, recordItem } from '../helpers/fake-executor.ts'
import { drive } from './harness.ts'

describe('the events of an experiment', () => {
  it('come in order, from its start to the end of its only run', async () => {
    const plan = { jobs: 1, evaluators: ['e'], summaryEvaluators: ['s'], plannedRecords: 2, firstSeq: 7 }
    const driven = drive({ plan, records: fakeRecords(2), script: () => ({ after: 10 }) })
    const events = await driven.finish()
    expect(events.map(({ seq, type }) => [seq, type])).toEqual([
      [7, 'experiment-started'],
      [8, 'run-started'],
      [9, 'record'],
      [10, 'record'],
      [11, 'task-finished'],
      [12, 'evaluation-finished'],
      [13, 'row-finished'],
      [14, 'task-finished'],
      [15, 'evaluation-finished'],
      [16, 'row-finished'],
      [17, 'run-finished'],
    ])
    expect(events[0]).toMatchObject({ experimentId: '20261122t081503-k3f9q2', plannedRecords: 2, jobs: 1, runs: 1 })
    expect(events.at(-1)).toMatchObject({ summaries: [{ name: 's', status: 'ok', type: 'score', value: 2 }] })
  })

  it('tell how long a call took and waited, apart', async () => {
    const driven = drive({
      plan: { jobs: 1, evaluators: ['e'], evalJobs: 1 },
      records: fakeRecords(2),
      script: ({ kind }) => ({ after: kind === 'task' ? 100 : 150 }),
    })
    const events = await driven.finish()
    const times = events.flatMap((event) =>
      event.type === 'task-finished' || event.type === 'evaluation-finished'
        ? [[event.type, event.durationMs, event.queueMs, event.retryWaitMs, event.attempts]]
        : [],
    )
    expect(times).toEqual([
      ['task-finished', 100, 0, 0, 1],
      ['evaluation-finished', 150, 0, 0, 1],
      ['task-finished', 100, 0, 0, 1],
      ['evaluation-finished', 150, 0, 0, 1],
    ])
  })

  it('skip the evaluators of a failed task, with the reason', async () => {
    const driven = drive({
      plan: { evaluators: ['a', 'b'] },
      records: fakeRecords(1),
      script: () => ({ result: 'error' }),
    })
    const events = await driven.finish()
    expect(events.slice(3, -1)).toMatchObject([
      { type: 'task-finished', status: 'error', error: { code: 'E_TASK' } },
      { type: 'evaluation-finished', evaluator: 'a', status: 'skipped', reason: 'task-failed', attempts: 0 },
      { type: 'evaluation-finished', evaluator: 'b', status: 'skipped', reason: 'task-failed', attempts: 0 },
      { type: 'row-finished', status: 'error' },
    ])
    expect(driven.executor.calls.every(({ kind }) => kind === 'task')).toBe(true)
  })

  it('keep evaluators apart: one that fails, one past its timeout, one that does not apply', async () => {
    const ends = { a: { result: 'error' }, b: { after: 'never' }, c: { result: 'not-applicable' }, d: {} } as const
    const driven = drive({
      plan: { evaluators: ['a', 'b', 'c', 'd'] },
      records: fakeRecords(1),
      script: ({ name }) => Object.entries(ends).find(([evaluator]) => evaluator === name)?.[1] ?? {},
    })
    const events = await driven.finish()
    const byName = Object.fromEntries(
      events.flatMap((event) => (event.type === 'evaluation-finished' ? [[event.evaluator, event]] : [])),
    )
    expect(byName).toMatchObject({
      a: { status: 'error', error: { code: 'E_EVALUATOR' } },
      b: { status: 'timeout', error: { code: 'E_EVALUATOR_TIMEOUT' }, durationMs: 1_000 },
      c: { status: 'skipped', reason: 'not-applicable' },
      d: { status: 'ok' },
    })
    expect(events.at(-2)).toMatchObject({ type: 'row-finished', status: 'ok' })
  })

  it('name the timeout of a task, and what of it came late', async () => {
    const driven = drive({
      plan: { jobs: 1 },
      records: fakeRecords(2),
      script: ({ key }) => (key === 'r0' ? { after: 1_500 } : { after: 900 }),
    })
    const events = await driven.finish()
    expect(events.find((event) => event.type === 'task-finished')).toMatchObject({
      status: 'timeout',
      durationMs: 1_000,
      error: {
        code: 'E_TASK_TIMEOUT',
        message: 'the task ran longer than its timeout of 1000 ms',
        hint: 'raise --timeout',
      },
    })
    expect(events.find((event) => event.type === 'problem')).toMatchObject({ code: 'W_LATE_RESULT', key: 'r0' })
  })

  it('have nothing but the frame where no record is selected', async () => {
    const driven = drive({ plan: { runs: 2, selection: { filters: [], records: ['none'] } }, records: fakeRecords(9) })
    const types = (await driven.finish()).map(({ type }) => type)
    expect(types).toEqual(['experiment-started', 'run-started', 'run-started', 'run-finished', 'run-finished'])
  })

  it('tell of invalid records that are skipped', async () => {
    const problem = { message: 'expected a record, got 1', file: 'data.jsonl', line: 3, column: 1 }
    const driven = drive({
      plan: { skipInvalid: true },
      async *records() {
        yield [recordItem(fakeRecord(0)), { status: 'invalid', problem }, recordItem(fakeRecord(1))]
      },
    })
    const events = await driven.finish()
    expect(events.filter(({ type }) => type === 'problem')).toMatchObject([
      { severity: 'warning', code: 'W_RECORD_SKIPPED', message: 'expected a record, got 1 (data.jsonl:3:1)' },
    ])
    expect(events.filter(({ type }) => type === 'row-finished').length).toBe(2)
  })

  it('say once for each kind what keeping values as JSON changed', async () => {
    const driven = drive({
      async *records() {
        yield [
          { status: 'record', record: fakeRecord(0), changes: ['date', 'map'] },
          { status: 'record', record: fakeRecord(1), changes: ['date'] },
        ]
      },
    })
    const said = (await driven.finish()).flatMap((event) => (event.type === 'problem' ? [event.message] : []))
    expect(said).toEqual([
      'record r0: a Date is kept as an ISO 8601 string',
      'record r0: a Map is kept as { "$map": [[key, value], …] }',
    ])
  })
})

describe('a slow reader', () => {
  it('gets no more results than there are jobs until it comes back', async () => {
    const driven = drive({ plan: { jobs: 3 }, records: fakeRecords(30) })
    while (!driven.written.some(({ type }) => type === 'task-finished')) await driven.take()
    const before = driven.executor.calls.length
    for (let round = 0; round < 10; round++) await settle()
    expect(before).toBe(3)
    expect(driven.executor.calls.length).toBe(3)
    expect(driven.executor.recordsGiven - driven.executor.unitsOpened).toBeLessThanOrEqual(6)
    const events = await driven.finish()
    expect(events.filter(({ type }) => type === 'row-finished').length).toBe(30)
  })

  it('holds retries back too', async () => {
    const driven = drive({
      plan: { jobs: 2, maxRetries: 2 },
      records: fakeRecords(10),
      script: ({ key }) => (key === 'r0' ? { result: 'error' } : {}),
    })
    while (!driven.written.some(({ type }) => type === 'task-finished')) await driven.take()
    for (let round = 0; round < 6; round++) {
      await settle()
      driven.clock.next()
    }
    expect(driven.executor.calls.filter(({ key }) => key !== 'r0').length).toBeLessThanOrEqual(3)
    const events = await driven.finish()
    expect(events.filter(({ type }) => type === 'row-finished').length).toBe(10)
  })
})

describe('runs', () => {
  it('share one queue: the next one begins while the last rows of the one before are out', async () => {
    const driven = drive({
      plan: { jobs: 2, runs: 2 },
      records: fakeRecords(4),
      script: ({ key, iteration }) => ({ after: key === 'r3' && iteration === 1 ? 900 : 100 }),
    })
    const events = await driven.finish()
    const at = (type: string, iteration: number): number =>
      events.findIndex((event) => event.type === type && 'iteration' in event && event.iteration === iteration)
    expect(at('row-finished', 2)).toBeLessThan(at('run-finished', 1))
  })

  it('take their records from what the first one has written', async () => {
    let reads = 0
    const records = fakeRecords(5)
    const driven = drive({
      plan: { runs: 3 },
      records(options) {
        reads++
        return records(options)
      },
    })
    const events = await driven.finish()
    expect(reads).toBe(1)
    expect(events.filter(({ type }) => type === 'record').length).toBe(5)
    expect(events.filter(({ type }) => type === 'row-finished').length).toBe(15)
  })

  it('each hand all their rows to the summary evaluators, once', async () => {
    const driven = drive({
      plan: { runs: 2, summaryEvaluators: ['s', 't'] },
      records: fakeRecords(12),
      script: ({ key }) => (key === 'r4' ? { result: 'error' } : {}),
    })
    const events = await driven.finish()
    expect(driven.executor.summarized.map((rows) => rows.length)).toEqual([12, 12])
    expect(driven.executor.summarized.map((rows) => new Set(rows.map(({ iteration }) => iteration)))).toEqual([
      new Set([1]),
      new Set([2]),
    ])
    const summaries = driven.executor.calls.filter(({ kind }) => kind === 'summary')
    expect(summaries.map(({ name, iteration }) => `${name}${iteration}`)).toEqual(['s1', 't1', 's2', 't2'])
    expect(events.filter(({ type }) => type === 'run-finished').length).toBe(2)
  })

  it('finish with the error of a summary evaluator that fails or runs past its timeout', async () => {
    const driven = drive({
      plan: { summaryEvaluators: ['fails', 'hangs', 'works'] },
      records: fakeRecords(1),
      script: ({ name }) => (name === 'fails' ? { result: 'error' } : name === 'hangs' ? { after: 'never' } : {}),
    })
    expect((await driven.finish()).at(-1)).toMatchObject({
      type: 'run-finished',
      summaries: [
        { name: 'fails', status: 'error' },
        { name: 'hangs', status: 'error', error: { code: 'E_SUMMARY_EVALUATOR', hint: 'raise --eval-timeout' } },
        { name: 'works', status: 'ok', value: 1 },
      ],
    })
  })
})

describe('the use of slots', () => {
  it('begins the evaluators of a finished task before new tasks', async () => {
    const driven = drive({
      plan: { jobs: 1, evaluators: ['a', 'b'] },
      records: fakeRecords(2),
      script: () => ({ after: 10 }),
    })
    await driven.finish()
    const order = driven.executor.calls.map(({ kind, name, key }) => `${key} ${kind === 'task' ? 'task' : name}`)
    expect(order).toEqual(['r0 task', 'r0 a', 'r0 b', 'r1 task', 'r1 a', 'r1 b'])
  })

  it('keeps them all busy while there is work', async () => {
    const driven = drive({ plan: { jobs: 10 }, records: fakeRecords(1_000), script: () => ({ after: 100 }) })
    await driven.finish()
    expect(driven.clock.monotonic()).toBe(10_000)
  })

  it('gives one back while a call sleeps before it is tried again', async () => {
    const driven = drive({
      plan: { jobs: 1, maxRetries: 1 },
      records: fakeRecords(2),
      script: ({ key, attempt }) => (key === 'r0' && attempt === 1 ? { result: 'error' } : {}),
    })
    await driven.finish()
    const order = driven.executor.calls.map(({ key, attempt }) => `${key} ${attempt}`)
    expect(order).toEqual(['r0 1', 'r1 1', 'r0 2'])
  })

  it('gives one back at a timeout, whether or not the call comes back', async () => {
    const driven = drive({ plan: { jobs: 1 }, records: fakeRecords(3), script: () => ({ after: 'never' }) })
    const events = await driven.finish()
    expect(events.filter(({ type }) => type === 'row-finished')).toMatchObject([
      { status: 'timeout' },
      { status: 'timeout' },
      { status: 'timeout' },
    ])
    expect(driven.clock.monotonic()).toBe(3_000)
    expect(driven.executor.gauges().expiredCalls).toBe(3)
  })
})
