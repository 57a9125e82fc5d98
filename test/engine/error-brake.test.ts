import { describe, expect, it } from 'vitest'
import { ErrorBrake } from '../../src/engine/error-brake.ts'
import { createStopSwitch } from '../../src/engine/stop.ts'
import type { ErrorInfo } from '../../src/model/errors.ts'
import { fakeRecords } from '../helpers/fake-executor.ts'
import { drive } from './harness.ts'

const unauthorized: ErrorInfo = { code: 'E_TASK', name: 'Error', message: '401 Unauthorized' }

/** Why it stops after these ends of tasks, or undefined when it does not. */
function pulledAfter(limit: number, ends: readonly (ErrorInfo | 'ok')[]) {
  const stop = createStopSwitch()
  const brake = new ErrorBrake(limit, stop)
  for (const end of ends) brake.note(end === 'ok' ? { status: 'ok', output: '1' } : { status: 'error', error: end })
  brake.pull()
  return stop.reason
}

describe('the brake for identical errors', () => {
  it('stops at so many alike in a row, and says which error it was', () => {
    expect(pulledAfter(3, Array(2).fill(unauthorized))).toBeUndefined()
    expect(pulledAfter(3, Array(3).fill(unauthorized))).toMatchObject({
      kind: 'brake',
      error: {
        code: 'E_IDENTICAL_ERRORS',
        message: '3 tasks in a row failed with the same error: 401 Unauthorized',
        hint: expect.stringContaining('--max-identical-errors'),
        cause: unauthorized,
      },
    })
  })

  it.each([
    ['a success', 'ok'],
    ['another message', { ...unauthorized, message: '429 Too Many Requests' }],
    ['another class', { ...unauthorized, name: 'TypeError' }],
    ['another code', { ...unauthorized, code: 'E_TASK_OUTPUT' }],
  ] as const)('counts anew after %s', (_what, between) => {
    const two = [unauthorized, unauthorized]
    expect(pulledAfter(3, [...two, between, ...two])).toBeUndefined()
    expect(pulledAfter(3, [...two, between, ...two, unauthorized])?.kind).toBe('brake')
  })

  it('never stops where it is turned off', () => {
    expect(pulledAfter(0, Array(100).fill(unauthorized))).toBeUndefined()
  })
})

describe('an engine with the brake', () => {
  it('leaves the records pending that come after them', async () => {
    const driven = drive({
      plan: { jobs: 2, maxIdenticalErrors: 4 },
      records: fakeRecords(100),
      script: ({ key }) => ({ after: 10, result: Number(key.slice(1)) < 5 ? 'ok' : 'error' }),
    })
    await driven.finish()
    expect(driven.stop.reason).toMatchObject({ kind: 'brake', error: { code: 'E_IDENTICAL_ERRORS' } })
    const statuses = driven.written.flatMap((event) => (event.type === 'row-finished' ? [event.status] : []))
    expect(statuses.filter((status) => status === 'ok').length).toBe(5)
    expect(statuses.filter((status) => status === 'error').length).toBeGreaterThanOrEqual(4)
    expect(statuses.length).toBeLessThan(5 + 4 + 2)
  })

  it('is complete when the last records are the ones that fail', async () => {
    const driven = drive({
      plan: { jobs: 2, maxIdenticalErrors: 4, summaryEvaluators: ['s'] },
      records: fakeRecords(8),
      script: ({ kind, key }) => (kind === 'task' && Number(key.slice(1)) >= 4 ? { result: 'error' } : {}),
    })
    await driven.finish()
    expect(driven.stop.reason).toBeUndefined()
    expect(driven.written.filter(({ type }) => type === 'row-finished').length).toBe(8)
    expect(driven.written.at(-1)?.type).toBe('run-finished')
  })

  it('counts a call that is tried again once, by how it ends', async () => {
    const driven = drive({
      plan: { jobs: 1, maxIdenticalErrors: 3, maxRetries: 4 },
      records: fakeRecords(3),
      script: ({ attempt }) => (attempt < 5 ? { result: 'error' } : {}),
    })
    await driven.finish()
    expect(driven.stop.reason).toBeUndefined()
  })
})
