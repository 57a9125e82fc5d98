import { describe, expect, it } from 'vitest'
import { spanIds } from '../../../src/model/identity.ts'
import { describeFollowUp, entered, openFixture, readRecords, recordOf } from './open.ts'

describe('a call of a task', () => {
  it('is given its record, its config and where it stands, and comes back with times', async () => {
    const { executor } = await openFixture('calls.ts', 'context')
    const record = recordOf(await readRecords(executor), 'a')
    const before = Date.now()
    const end = await executor.open(record, 2).callTask(3, false).ended
    if (end.status !== 'returned' || end.result.status !== 'ok') throw new Error('the task succeeds')
    expect(JSON.parse(end.result.output)).toEqual({
      input: { n: 1 },
      config: { model: 'small', nested: { list: [1] } },
      metadata: { source: 'web' },
      recordId: 'a',
      tags: ['k:v'],
      runIteration: 2,
      attempt: 3,
    })
    expect(end.durationMs).toBeGreaterThanOrEqual(0)
    expect(Math.abs(end.startedAt - before)).toBeLessThan(10_000)
    expect(executor.gauges()).toEqual({ callsInFlight: 0, expiredCalls: 0, tasksCalled: 1 })
  })

  it('has a signal that is aborted when asked for, and may still return', async () => {
    const { executor, notices } = await openFixture('calls.ts', 'aborted')
    const record = recordOf(await readRecords(executor), 'a')
    const call = executor.open(record, 1).callTask(1, false)
    await entered(call)
    expect(executor.gauges().callsInFlight).toBe(1)
    call.abort()
    expect(await call.ended).toMatchObject({ status: 'returned', result: { status: 'ok', output: '{"aborted":true}' } })
    expect(notices).toEqual([])
  })

  it('has a signal that tells of an abort before it was asked for', async () => {
    const { executor } = await openFixture('calls.ts', 'abortedEarly')
    const record = recordOf(await readRecords(executor), 'a')
    const call = executor.open(record, 1).callTask(1, false)
    await entered(call)
    call.abort()
    expect(await call.ended).toMatchObject({ result: { output: '"aborted"' } })
  })

  it('is past its timeout when it is abandoned; what still comes is noted as late and counted as expired until then', async () => {
    const { executor, noticed } = await openFixture('calls.ts', 'aborted')
    const record = recordOf(await readRecords(executor), 'a')
    const call = executor.open(record, 1).callTask(1, false)
    await entered(call)
    call.abandon('timeout')
    expect(await call.ended).toMatchObject({ status: 'abandoned', reason: 'timeout' })
    expect(await noticed('W_LATE_RESULT')).toMatchObject({
      severity: 'warning',
      message: 'the task came to an end after its timeout; the result was discarded',
      key: 'a',
    })
    expect(executor.gauges()).toMatchObject({ callsInFlight: 0, expiredCalls: 0 })
  })

  it('is not entered once tasks are held, also where it was made before', async () => {
    const { executor } = await openFixture('calls.ts', 'context')
    const record = recordOf(await readRecords(executor), 'a')
    const made = executor.open(record, 1).callTask(1, false)
    executor.holdTasks()
    const later = executor.open(record, 1).callTask(1, false)
    for (const call of [made, later]) {
      expect(await call.ended).toMatchObject({ status: 'returned', result: { status: 'error' } })
      expect(call.startedAt()).toBeUndefined()
    }
  })

  it('ends at once when it is abandoned for the end of the experiment', async () => {
    const { executor } = await openFixture('calls.ts', 'aborted')
    const record = recordOf(await readRecords(executor), 'a')
    const call = executor.open(record, 1).callTask(1, false)
    call.abandon('shutdown')
    expect(await call.ended).toMatchObject({ status: 'abandoned', reason: 'shutdown' })
  })
})

describe('evaluators', () => {
  it('follow their task in order up to the first that returns a promise', async () => {
    const { executor } = await openFixture('calls.ts', 'follow')
    const unit = executor.open(recordOf(await readRecords(executor), 'a'), 1)
    await unit.callTask(1, true).ended
    const followUps = await unit.followUps().ended
    expect(followUps.map(describeFollowUp)).toMatchObject([
      { status: 'ok', evaluations: [{ label: 'bare', type: 'boolean', value: true }] },
      { status: 'error', error: { code: 'E_EVALUATOR', name: 'TypeError', message: 'no' } },
      'pending',
    ])
    const pending = followUps.find((followUp) => followUp.status === 'pending')
    expect(await pending?.call.ended).toMatchObject({
      status: 'returned',
      result: { status: 'ok', evaluations: [{ label: 'waits', type: 'categorical', value: 'out later' }] },
    })
    expect(await unit.callEvaluator('last', '"out"').ended).toMatchObject({
      result: { status: 'ok', evaluations: [{ label: 'last', type: 'score', value: 3 }] },
    })
    unit.close()
    expect(executor.gauges().callsInFlight).toBe(0)
  })

  it('do not follow when they are not asked to', async () => {
    const { executor } = await openFixture('calls.ts', 'follow')
    const unit = executor.open(recordOf(await readRecords(executor), 'a'), 1)
    await unit.callTask(1, false).ended
    expect(await unit.followUps().ended).toEqual([])
  })

  it('are aborted while they go on, and noted when they come late', async () => {
    const { executor, noticed } = await openFixture('calls.ts', 'aborted')
    const unit = executor.open(recordOf(await readRecords(executor), 'a'), 1)
    const task = unit.callTask(1, true)
    await entered(task)
    task.abort()
    await task.ended
    const [followUp] = await unit.followUps().ended
    if (followUp?.status !== 'pending') throw new Error('the evaluator goes on')
    followUp.call.abandon('timeout')
    expect(await followUp.call.ended).toMatchObject({ status: 'abandoned', reason: 'timeout' })
    expect(await noticed('W_LATE_RESULT')).toMatchObject({
      message: 'evaluator waits came to an end after its timeout; the result was discarded',
      key: 'a',
    })
  })

  it('are given the record, the output and the ids of the span', async () => {
    const { executor } = await openFixture('calls.ts', 'context')
    const unit = executor.open(recordOf(await readRecords(executor), 'a'), 2)
    await unit.callTask(1, false).ended
    const end = await unit.callEvaluator('sees', '{}').ended
    if (end.status !== 'returned' || end.result.status !== 'ok') throw new Error('the evaluator succeeds')
    expect(JSON.parse(String(end.result.evaluations[0]?.value))).toEqual({
      input: { n: 1 },
      output: 'object',
      expectedOutput: { list: [1] },
      metadata: { source: 'web' },
      config: { model: 'small', nested: { list: [1] } },
      record: {
        id: 'a',
        input: { n: 1 },
        expectedOutput: { list: [1] },
        metadata: { source: 'web' },
        tags: ['k:v'],
      },
      ...spanIds('20261122t081503-k3f9q2', 'a', 2, 0),
    })
  })

  it('may not give values under the same label', async () => {
    const { executor } = await openFixture('calls.ts', 'collides')
    const unit = executor.open(recordOf(await readRecords(executor), 'a'), 1)
    await unit.callTask(1, true).ended
    const followUps = await unit.followUps().ended
    expect(followUps.map(describeFollowUp)).toMatchObject([
      {
        status: 'ok',
        evaluations: [
          { label: 'quality-precision', value: 1 },
          { label: 'quality-recall', value: 0.5 },
        ],
      },
      {
        status: 'error',
        error: {
          code: 'E_EVALUATOR_LABEL',
          message: 'label quality-recall: evaluator quality already gives a value under it, and so does quality-recall',
        },
      },
    ])
  })
})

describe('what user code is given', () => {
  it('is protected from a task that changes it, in later tries and in evaluators', async () => {
    const { executor } = await openFixture('calls.ts', 'mutates')
    const unit = executor.open(recordOf(await readRecords(executor), 'a'), 1)
    for (const attempt of [1, 2]) {
      const end = await unit.callTask(attempt, attempt === 2).ended
      if (end.status !== 'returned' || end.result.status !== 'ok') throw new Error('the task succeeds')
      expect(JSON.parse(end.result.output)).toMatchObject({
        input: '{"n":1}',
        metadata: '{"source":"web"}',
        attempt,
        config: 'TypeError',
      })
    }
    const followUps = await unit.followUps().ended
    const seen = { input: { n: 1 }, expectedOutput: { list: [1] }, metadata: { source: 'web' }, list: [1] }
    expect(followUps.map(describeFollowUp)).toMatchObject([
      { status: 'error', error: { code: 'E_EVALUATOR', name: 'TypeError' } },
      { status: 'error', error: { code: 'E_EVALUATOR', name: 'TypeError' } },
      { status: 'ok', evaluations: [{ label: 'sees', type: 'json', value: JSON.stringify(seen) }] },
    ])
  })
})

describe('the console of user code', () => {
  it('is handed on before what comes of the call', async () => {
    const opened = await openFixture('calls.ts', 'talks')
    await opened.executor.open(recordOf(await readRecords(opened.executor), 'a'), 1).callTask(1, false).ended
    expect(opened.console).toEqual([
      { stream: 'stdout', text: 'to stdout\n' },
      { stream: 'stderr', text: 'to stderr\n' },
    ])
  })
})
