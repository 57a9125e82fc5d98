import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EndReason, ErrorAllowance, Outcome } from '../../src/model/outcome.ts'
import type { ExperimentSummary } from '../../src/model/summary.ts'
import { combineExitCodes, decideOutcome, describeFailures, exitCodeOf } from '../../src/session/outcome.ts'
import { errorInfo } from './run-events.ts'
import { experimentSummary } from './summaries.ts'

const none: ErrorAllowance = { kind: 'count', count: 0 }

interface Case {
  readonly end?: EndReason
  readonly taskStarted?: boolean
  readonly summary?: ExperimentSummary
  readonly maxErrors?: ErrorAllowance
}

function decide(own: Case = {}): Outcome {
  return decideOutcome({ taskStarted: true, summary: experimentSummary(), maxErrors: none, thresholds: {}, ...own })
}

describe('decideOutcome of a complete experiment', () => {
  it('is passed, exit code 0, when nothing failed', () => {
    expect(decide()).toEqual({ status: 'passed', exitCode: 0 })
  })

  it('is failed, exit code 1, with one row with errors more than allowed', () => {
    const summary = experimentSummary({ rows: { ok: 93, error: 7 }, rowsWithErrors: 7 })
    const outcome = decide({ summary })
    expect(outcome).toMatchObject({ status: 'failed', exitCode: 1 })
    expect(describeFailures(outcome)).toEqual(['7 of 100 rows have errors, allowed: 0'])
  })

  it.each([
    [7, { kind: 'count', count: 7 }, 0],
    [7, { kind: 'count', count: 6 }, 1],
    [7, { kind: 'share', percent: 7 }, 0],
    [7, { kind: 'share', percent: 6.9 }, 1],
    [7, { kind: 'share', percent: 10 }, 0],
    [100, { kind: 'share', percent: 100 }, 0],
  ] as const)('with %d of 100 rows with errors and %j allowed exits with %d', (rowsWithErrors, maxErrors, exitCode) => {
    const summary = experimentSummary({ rows: { ok: 100 - rowsWithErrors, error: rowsWithErrors }, rowsWithErrors })
    expect(decide({ summary, maxErrors }).exitCode).toBe(exitCode)
  })

  it('is failed when a summary evaluator failed in any run', () => {
    const fine = { name: 'accuracy', status: 'ok', type: 'score', value: 1 } as const
    const broken = { name: 'accuracy', status: 'error', error: errorInfo('no rows', 'E_SUMMARY_EVALUATOR') } as const
    const outcome = decide({ summary: experimentSummary({ runs: [[fine], [broken]] }) })
    expect(outcome.exitCode).toBe(1)
    expect(describeFailures(outcome)).toEqual(['summary evaluator accuracy failed in run 2: no rows'])
  })

  it('of no row at all is not started, exit code 2', () => {
    const outcome = decide({ summary: experimentSummary({ rows: {} }), taskStarted: false })
    expect(outcome).toMatchObject({ status: 'stopped', exitCode: 2, reason: { kind: 'not-started' } })
  })

  it.each([{ pending: 3 }, { cancelled: 3 }])('that says it is complete but has %j is exit code 4', (undone) => {
    const outcome = decide({ summary: experimentSummary({ rows: { ok: 97, ...undone } }) })
    expect(outcome).toMatchObject({ status: 'stopped', exitCode: 4 })
    expect(outcome.status === 'stopped' && 'error' in outcome.reason && outcome.reason.error.message).toBe(
      '3 of 100 planned units did not run',
    )
  })
})

describe('decideOutcome of a stopped experiment', () => {
  const error = errorInfo('x')
  const incomplete = experimentSummary({ rows: { ok: 10, pending: 90 } })

  it.each([
    [{ kind: 'signal', signal: 'SIGINT' }, 130, 2],
    [{ kind: 'signal', signal: 'SIGTERM' }, 143, 2],
    [{ kind: 'signal', signal: 'SIGHUP' }, 129, 2],
    [{ kind: 'store-failed', error }, 5, 5],
    [{ kind: 'user-code-ended', error }, 4, 2],
    [{ kind: 'dataset-threw', error }, 4, 2],
    [{ kind: 'raise-errors', error }, 1, 1],
    [{ kind: 'brake', error }, 4, 2],
    [{ kind: 'not-started', error }, 2, 2],
    [{ kind: 'out-of-date', message: 'exp.ts changed' }, 4, 2],
  ] as const)('by %j exits with %d, or with %d when no task was started', (end, started, notStarted) => {
    expect(decide({ end, summary: incomplete })).toMatchObject({ status: 'stopped', exitCode: started, reason: end })
    expect(decide({ end, summary: incomplete, taskStarted: false }).exitCode).toBe(notStarted)
  })

  it('lists what more rows could not have changed, and no threshold', () => {
    const summary = experimentSummary({ rows: { ok: 9, error: 1, pending: 90 }, rowsWithErrors: 1 })
    const end = { kind: 'signal', signal: 'SIGINT' } as const
    const outcome = decideOutcome({
      end,
      taskStarted: true,
      summary,
      maxErrors: none,
      thresholds: { exact: { min: 1 } },
    })
    expect(describeFailures(outcome)).toEqual(['1 of 100 rows has errors, allowed: 0'])
  })

  it('even after its last row keeps the reason', () => {
    expect(decide({ end: { kind: 'store-failed', error } }).exitCode).toBe(5)
  })
})

describe('exitCodeOf', () => {
  const about = { backend: 'fake', place: 'example.com', link: 'https://example.com/1', spans: 3, metrics: 6 }
  const delivered = { status: 'delivered', ...about } as const
  const undelivered = { status: 'undelivered', ...about, pending: 1, rejected: 0, reason: 'no answer' } as const
  const stopped: Outcome = {
    status: 'stopped',
    exitCode: 4,
    reason: { kind: 'out-of-date', message: '' },
    failures: [],
  }
  const [passed, failed] = [
    { status: 'passed', exitCode: 0 },
    { status: 'failed', exitCode: 1, failures: [] },
  ] as const
  const strict = { allowUndelivered: false }

  it('is 3 for what passed and was not delivered, unless that is allowed', () => {
    expect(exitCodeOf({ outcome: passed, delivery: undelivered }, strict)).toBe(3)
    expect(exitCodeOf({ outcome: passed, delivery: undelivered }, { allowUndelivered: true })).toBe(0)
  })

  it('is the verdict where there is no backend, where all was delivered, and where it is not 0', () => {
    expect(exitCodeOf({ outcome: passed }, strict)).toBe(0)
    expect(exitCodeOf({ outcome: passed, delivery: delivered }, strict)).toBe(0)
    expect(exitCodeOf({ outcome: failed, delivery: undelivered }, strict)).toBe(1)
    expect(exitCodeOf({ outcome: stopped, delivery: undelivered }, strict)).toBe(4)
  })

  it('is that of the signal that ended the wait for the delivery, and of nothing else', () => {
    const options = { allowUndelivered: true, signal: 'SIGTERM' } as const
    expect(exitCodeOf({ outcome: passed, delivery: undelivered }, options)).toBe(143)
    expect(exitCodeOf({ outcome: failed, delivery: undelivered }, options)).toBe(143)
    expect(exitCodeOf({ outcome: stopped, delivery: undelivered }, options)).toBe(4)
    expect(exitCodeOf({ outcome: passed, delivery: delivered }, options)).toBe(0)
  })
})

describe('combineExitCodes', () => {
  const precedence = [130, 143, 129, 5, 4, 2, 1, 3, 0]

  it('takes the first of the table that any experiment has, in whatever order they ran', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...precedence), { minLength: 1 }), (codes) => {
        const combined = combineExitCodes(codes)
        const ranks = codes.map((code) => precedence.indexOf(code))
        expect(precedence.indexOf(combined)).toBe(Math.min(...ranks))
      }),
    )
  })

  it('of no experiment is 2', () => {
    expect(combineExitCodes([])).toBe(2)
  })
})
