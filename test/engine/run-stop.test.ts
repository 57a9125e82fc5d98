import { describe, expect, it } from 'vitest'
import { toErrorInfo } from '../../src/model/error-info.ts'
import { LlmobsExpError } from '../../src/model/errors.ts'
import type { EndReason } from '../../src/model/outcome.ts'
import { settle } from '../helpers/fake-clock.ts'
import { fakeRecord, fakeRecords, recordItem } from '../helpers/fake-executor.ts'
import { checkOrder } from './check-events.ts'
import { type Driven, type DriveOptions, drive } from './harness.ts'

const SIGINT: EndReason = { kind: 'signal', signal: 'SIGINT' }

/** Reads until everything that can be in flight is. */
async function underWay(options: DriveOptions): Promise<Driven> {
  const driven = drive(options)
  driven.read()
  await settle()
  return driven
}

function rowStatuses({ written }: Driven): string[] {
  return written.flatMap((event) => (event.type === 'row-finished' ? [event.status] : []))
}

describe('an engine that is stopped by a signal', () => {
  it('aborts the calls in flight, gives them 5 s, and cancels what has not come back', async () => {
    const driven = await underWay({
      plan: { jobs: 3, timeout: 60_000 },
      records: fakeRecords(9),
      script: ({ key }) => ({ after: key === 'r0' ? 4_000 : 'never' }),
    })
    driven.stop.stop(SIGINT)
    expect(driven.executor.calls.map(({ isAborted }) => isAborted)).toEqual([true, true, true])
    driven.clock.advance(4_999)
    await settle()
    expect(driven.executor.running()).toBe(2)
    driven.clock.advance(1)
    await driven.finish()
    expect(driven.executor.calls.length).toBe(3)
    expect(rowStatuses(driven)).toEqual(['ok', 'cancelled', 'cancelled'])
    expect(driven.clock.monotonic()).toBe(5_000)
    expect(driven.clock.timers).toBe(0)
    checkOrder(driven.written, { evaluators: [], firstSeq: 1 })
  })

  it('takes a call that ends because it was aborted for cancelled, not for failed', async () => {
    const driven = await underWay({
      plan: { jobs: 2 },
      records: fakeRecords(5),
      script: () => ({ after: 'never', onAbort: 'fails' }),
    })
    driven.stop.stop(SIGINT)
    await driven.finish()
    expect(rowStatuses(driven)).toEqual(['cancelled', 'cancelled'])
    expect(driven.written.some(({ type }) => type === 'task-finished')).toBe(false)
    expect(driven.clock.monotonic()).toBe(0)
  })

  it('waits no longer when it is hurried', async () => {
    const driven = await underWay({ plan: { jobs: 2 }, records: fakeRecords(5), script: () => ({ after: 'never' }) })
    driven.stop.stop(SIGINT)
    driven.clock.advance(200)
    driven.stop.hurry()
    await driven.finish()
    expect(rowStatuses(driven)).toEqual(['cancelled', 'cancelled'])
    expect(driven.clock.monotonic()).toBe(200)
  })

  it('leaves a row without its end when one of its evaluators was cut short', async () => {
    const driven = await underWay({
      plan: { jobs: 2, evaluators: ['quick', 'hangs'] },
      records: fakeRecords(1),
      script: ({ name }) => (name === 'hangs' ? { after: 'never' } : {}),
    })
    driven.stop.stop(SIGINT)
    await driven.finish()
    expect(driven.written.map(({ type }) => type).slice(3)).toEqual(['task-finished', 'evaluation-finished'])
  })

  it('wakes what sleeps between attempts and tries nothing again', async () => {
    const driven = await underWay({
      plan: { jobs: 1, maxRetries: 2 },
      records: fakeRecords(3),
      script: () => ({ result: 'error' }),
    })
    const before = driven.executor.calls.length
    expect(driven.clock.timers).toBeGreaterThan(0)
    driven.stop.stop(SIGINT)
    await driven.finish()
    expect(driven.executor.calls.length).toBe(before)
    expect(driven.clock.timers).toBe(0)
    expect(rowStatuses(driven)).toEqual([])
  })

  it('makes no call whose slot became free in the same moment', async () => {
    let comeBack = (): void => {}
    const back = new Promise<void>((resolve) => {
      comeBack = resolve
    })
    const driven = drive({
      plan: { jobs: 1, evaluators: ['a', 'b'] },
      records: fakeRecords(1),
      script: ({ name }) => (name === 'a' ? { after: back } : {}),
    })
    while (!driven.written.some(({ type }) => type === 'task-finished')) await driven.take()
    const last = driven.take()
    await settle()
    comeBack()
    expect((await last).map(({ type }) => type)).toEqual(['evaluation-finished'])
    // Coming back for the next batch frees the slot of `a`, for which `b` waits.
    driven.read()
    driven.stop.stop(SIGINT)
    await driven.finish()
    expect(driven.executor.calls.map(({ name }) => name)).toEqual(['', 'a'])
  })

  it('does not wait for a dataset that gives nothing', async () => {
    const driven = await underWay({
      async *records() {
        yield [recordItem(fakeRecord(0))]
        await new Promise(() => {})
      },
    })
    driven.stop.stop(SIGINT)
    await driven.finish()
    expect(rowStatuses(driven)).toEqual(['ok'])
  })

  it('ends summary evaluators in flight and begins no others', async () => {
    const driven = drive({
      plan: { jobs: 4, runs: 2, summaryEvaluators: ['s'], evalTimeout: 60_000 },
      records: fakeRecords(4),
      script: ({ kind }) => (kind === 'summary' ? { after: 'never' } : {}),
    })
    driven.read()
    await settle()
    await settle()
    expect(rowStatuses(driven).length).toBe(8)
    driven.stop.stop(SIGINT)
    await driven.finish()
    expect(driven.executor.calls.filter(({ kind }) => kind === 'summary').length).toBe(1)
    expect(driven.written.some(({ type }) => type === 'run-finished')).toBe(false)
    expect(driven.clock.monotonic()).toBe(5_000)
  })

  it('aborts an evaluator that follows its task only then', async () => {
    const driven = await underWay({
      plan: { jobs: 1, evaluators: ['e'] },
      records: fakeRecords(1),
      script: ({ kind }) => (kind === 'task' ? { after: 1_000 } : { after: 'never', onAbort: 'fails' }),
    })
    driven.stop.stop(SIGINT)
    driven.clock.advance(1_000)
    await driven.finish()
    expect(driven.executor.calls.map(({ isAborted }) => isAborted)).toEqual([true, true])
    expect(driven.clock.monotonic()).toBe(1_000)
  })

  it('has the executor hold tasks that user code has not been entered for', async () => {
    const driven = await underWay({ records: fakeRecords(3), script: () => ({ after: 10 }) })
    expect(driven.executor.areTasksHeld).toBe(false)
    driven.stop.stop(SIGINT)
    expect(driven.executor.areTasksHeld).toBe(true)
    await driven.finish()
  })

  it('has no events but its start when it was stopped before it began', async () => {
    const driven = drive({ records: fakeRecords(3) })
    driven.stop.stop(SIGINT)
    expect((await driven.finish()).map(({ type }) => type)).toEqual(['experiment-started'])
  })
})

describe('an engine that ends by itself', () => {
  it('stops at the first error where that is asked for, and keeps that row', async () => {
    const driven = drive({
      plan: { jobs: 1, raiseErrors: true, evaluators: ['e'] },
      records: fakeRecords(9),
      script: ({ kind, key }) => (kind === 'evaluator' && key === 'r1' ? { result: 'error' } : {}),
    })
    await driven.finish()
    expect(driven.stop.reason).toMatchObject({ kind: 'raise-errors', error: { code: 'E_EVALUATOR' } })
    expect(driven.written.findLast((event) => event.type === 'evaluation-finished')).toMatchObject({ key: 'r1' })
    expect(driven.executor.calls.filter(({ kind }) => kind === 'task').length).toBe(2)
  })

  it('stops when user code ends its thread, and keeps what was done', async () => {
    const driven = drive({
      plan: { jobs: 1, evaluators: ['e'] },
      records: fakeRecords(9),
      script: ({ kind, key }) =>
        kind === 'task' && key === 'r3' ? { after: 5, result: 'thread-ended' } : { after: 1 },
    })
    await driven.finish()
    expect(driven.stop.reason).toMatchObject({ kind: 'user-code-ended', error: { code: 'E_USER_CODE_ENDED' } })
    expect(rowStatuses(driven)).toEqual(['ok', 'ok', 'ok'])
    checkOrder(driven.written, { evaluators: ['e'], firstSeq: 1 })
  })

  it('stops when the dataset throws midway, and keeps what was done', async () => {
    const driven = drive({
      plan: { jobs: 2 },
      async *records() {
        yield [recordItem(fakeRecord(0)), recordItem(fakeRecord(1))]
        await settle()
        throw new Error('the connection was lost')
      },
    })
    await driven.finish()
    expect(driven.stop.reason).toMatchObject({
      kind: 'dataset-threw',
      error: { code: 'E_DATASET_THREW', message: 'the connection was lost' },
    })
    expect(rowStatuses(driven)).toEqual(['ok', 'ok'])
    expect(driven.written.some(({ type }) => type === 'run-finished')).toBe(false)
  })

  it('runs what the dataset gave before it threw to its end', async () => {
    const driven = drive({
      plan: { jobs: 2, evaluators: ['e'] },
      async *records() {
        yield [0, 1, 2, 3, 4].map((index) => recordItem(fakeRecord(index)))
        throw new Error('the connection was lost')
      },
      script: () => ({ after: 100 }),
    })
    await driven.finish()
    expect(driven.stop.reason?.kind).toBe('dataset-threw')
    expect(rowStatuses(driven)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok'])
  })

  it('stops at an invalid record unless such are skipped, after the records before it', async () => {
    const driven = drive({
      async *records() {
        const problem = { message: 'expected a record, got 1', file: 'd.jsonl', line: 3 }
        yield [recordItem(fakeRecord(0)), { status: 'invalid', problem }, recordItem(fakeRecord(1))]
      },
      script: () => ({ after: 100 }),
    })
    await driven.finish()
    expect(driven.stop.reason).toMatchObject({
      kind: 'dataset-threw',
      error: { code: 'E_DATASET_RECORD', message: 'expected a record, got 1 (d.jsonl:3)' },
    })
    expect(rowStatuses(driven)).toEqual(['ok'])
  })

  it('stops when the store fails', async () => {
    const error = toErrorInfo('E_STORE_WRITE', new Error('no space left'))
    const driven = drive({
      plan: { jobs: 2 },
      records: fakeRecords(50),
      script: () => ({ after: 10 }),
      onEvent(event, { stop }) {
        if (event.type === 'row-finished') stop.stop({ kind: 'store-failed', error })
      },
    })
    await driven.finish()
    expect(driven.stop.reason?.kind).toBe('store-failed')
    expect(driven.executor.calls.length).toBeLessThanOrEqual(4)
  })

  it('stops when rows cannot be read back for a summary', async () => {
    const driven = drive({
      plan: { summaryEvaluators: ['s'] },
      records: fakeRecords(1),
      wrap: (executor) => ({
        ...executor,
        records: (options) => executor.records(options),
        summarize: () => Promise.reject(new LlmobsExpError('E_STORE_READ', 'cannot read events.jsonl')),
      }),
    })
    await driven.finish()
    expect(driven.stop.reason).toMatchObject({ kind: 'store-failed', error: { code: 'E_STORE_READ' } })
    expect(driven.written.some(({ type }) => type === 'run-finished')).toBe(false)
  })
})
