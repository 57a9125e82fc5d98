import { describe, expect, it } from 'vitest'
import { createErrorTexts, toWireEnd } from '../../../src/backends/datadog/wire-status.ts'
import type { Failure, Outcome } from '../../../src/model/outcome.ts'
import { evaluationOf, failure, itemOf, rowOf } from './helpers/items.ts'

const passed: Outcome = { status: 'passed', exitCode: 0 }
const failed = (...failures: Failure[]): Outcome => ({ status: 'failed', exitCode: 1, failures })

describe('what an experiment came to, in Datadog’s words', () => {
  it('is completed when nothing went wrong', () => {
    expect(toWireEnd(passed, [])).toEqual({ status: 'completed' })
  })

  it('is failed when something did, though it passed here', () => {
    expect(toWireEnd(passed, ['ValueError: no'])).toEqual({ status: 'failed', error: 'ValueError: no' })
  })

  it('says why it failed', () => {
    const outcome = failed(
      { kind: 'errors', rowsWithErrors: 14, plannedUnits: 200, allowed: '0' },
      { kind: 'threshold', name: 'accuracy', wanted: 'at least 0.9', got: '0.8' },
      { kind: 'summary-evaluator', name: 'share', iteration: 1, message: 'no rows' },
    )
    expect(toWireEnd(outcome, ['ValueError: no'])).toEqual({
      status: 'failed',
      error:
        '14 of 200 rows have errors; accuracy: wanted at least 0.9, got 0.8; summary evaluator share: no rows; ValueError: no',
    })
  })

  it.each<[Outcome & { readonly status: 'stopped' }, string, string]>([
    [
      { status: 'stopped', exitCode: 130, reason: { kind: 'signal', signal: 'SIGINT' }, failures: [] },
      'interrupted',
      'ended by SIGINT',
    ],
    [
      { status: 'stopped', exitCode: 4, reason: { kind: 'user-code-ended', error: failure }, failures: [] },
      'interrupted',
      'ValueError: This is a test error',
    ],
    [
      { status: 'stopped', exitCode: 1, reason: { kind: 'raise-errors', error: failure }, failures: [] },
      'failed',
      'ValueError: This is a test error',
    ],
    [
      { status: 'stopped', exitCode: 0, reason: { kind: 'out-of-date', message: 'a.ts changed' }, failures: [] },
      'interrupted',
      'a.ts changed',
    ],
  ])('of one that was stopped by $reason.kind', (outcome, status, error) => {
    expect(toWireEnd(outcome, [])).toEqual({ status, error })
  })

  it('says each thing once, on one line, and not too much', () => {
    const errors = Array.from(
      { length: 500 },
      (_, index) => `E${String(index).padStart(3, '0')}: ${'long\n'.repeat(200)}`,
    )
    const { error = '' } = toWireEnd(passed, [...errors, ...errors])
    expect(error).toMatch(/^E000: long long .*…; E001: .*; and 490 more$/)
    expect(error.length).toBeLessThan(2_000)
  })
})

describe('the texts of errors', () => {
  it('are those of tasks, evaluators and summary evaluators, each once and in one order', () => {
    const texts = createErrorTexts()
    const row = rowOf({ task: { status: 'error', error: failure } })
    texts.add(itemOf({ kind: 'summary', summaries: [{ name: 'share', status: 'error', error: failure }] }))
    texts.add(itemOf({ kind: 'row', row: rowOf() }))
    texts.add(itemOf({ kind: 'row', row }))
    texts.add(itemOf({ kind: 'row', row }))
    texts.add(itemOf({ kind: 'evaluation', row, evaluation: evaluationOf({ status: 'timeout', error: failure }) }))
    texts.add(
      itemOf({ kind: 'evaluation', row, evaluation: evaluationOf({ status: 'skipped', reason: 'task-failed' }) }),
    )
    expect(texts.list()).toEqual([
      'ValueError: This is a test error',
      'judge (ValueError: This is a test error)',
      'share (ValueError: This is a test error)',
    ])
  })
})
