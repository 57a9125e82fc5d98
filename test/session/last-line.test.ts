import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../src/model/backend.ts'
import type { EndReason, Failure, Outcome } from '../../src/model/outcome.ts'
import { lastLine } from '../../src/session/last-line.ts'
import { errorInfo } from './run-events.ts'

const passed: Outcome = { status: 'passed', exitCode: 0 }

function stopped(exitCode: number, reason: EndReason): Outcome {
  return { status: 'stopped', exitCode, reason, failures: [] }
}

function failed(...failures: Failure[]): Outcome {
  return { status: 'failed', exitCode: 1, failures }
}

function lineOf(...outcomes: Outcome[]): string {
  const experiments = outcomes.map((outcome, index) => ({ experimentId: `id${index}`, name: `exp${index}`, outcome }))
  return lastLine(experiments, { allowUndelivered: false })
}

const delivered: Delivery = {
  status: 'delivered',
  backend: 'fake',
  place: 'example.com',
  link: 'https://example.com/1',
  spans: 3,
  metrics: 6,
}

const undelivered: Delivery = { ...delivered, status: 'undelivered', pending: 4, rejected: 0, reason: 'no answer' }

function lineWith(delivery: Delivery, ...outcomes: Outcome[]): string {
  const experiments = outcomes.map((outcome, index) => ({
    experimentId: `id${index}`,
    name: `exp${index}`,
    outcome,
    delivery,
  }))
  return lastLine(experiments, { allowUndelivered: false })
}

const threshold: Failure = { kind: 'threshold', name: 'exact', wanted: 'at least 0.9', got: '0.84' }

describe('lastLine', () => {
  it.each<[Outcome, string]>([
    [passed, 'passed: exp0; look at it: llmobs-exp show id0'],
    [
      failed(threshold),
      'failed: exp0: exact: wanted at least 0.9, got 0.84; look at the rows: llmobs-exp show id0 --rows failing',
    ],
    [
      stopped(130, { kind: 'signal', signal: 'SIGINT' }),
      'ended by SIGINT: exp0; what is done is kept; run the rest: llmobs-exp resume id0',
    ],
    [stopped(2, { kind: 'signal', signal: 'SIGINT' }), 'ended by SIGINT: exp0; no task was started'],
    [
      stopped(4, { kind: 'user-code-ended', error: errorInfo('the module called process.exit(0)') }),
      'ended early: exp0: the module called process.exit(0); what is done is kept; run the rest: llmobs-exp resume id0',
    ],
    [
      stopped(5, { kind: 'store-failed', error: errorInfo('no space left') }),
      'the local store failed: exp0: no space left; fix this; what was written is kept; run the rest: llmobs-exp resume id0',
    ],
    [
      stopped(2, { kind: 'not-started', error: { ...errorInfo('no record is left'), hint: 'look at --filter' } }),
      'not started: exp0: no record is left (look at --filter); no task was started; fix this and run it again',
    ],
    [
      stopped(4, { kind: 'out-of-date', message: 'exp.ts changed' }),
      'out of date: exp0: exp.ts changed; what is done is kept: llmobs-exp show id0',
    ],
    [
      stopped(2, { kind: 'out-of-date', message: 'exp.ts changed' }),
      'out of date: exp0: exp.ts changed; no task was started',
    ],
    [
      stopped(4, { kind: 'brake', error: { ...errorInfo('8 tasks in a row failed'), hint: 'correct it' } }),
      'ended early: exp0: 8 tasks in a row failed (correct it); what is done is kept; run the rest: llmobs-exp resume id0',
    ],
    [
      stopped(1, { kind: 'raise-errors', error: errorInfo('boom') }),
      'ended early: exp0: boom; look at the rows: llmobs-exp show id0 --rows failing; run the rest: llmobs-exp resume id0',
    ],
  ])('of %j says what happened and what to do next', (outcome, line) => {
    expect(lineOf(outcome)).toBe(line)
  })

  it('says how many more reasons there are', () => {
    expect(lineOf(failed(threshold, threshold, threshold))).toContain('got 0.84 (and 2 more);')
  })

  it('speaks of the first experiment that has the exit code of the command', () => {
    const line = lineOf(passed, failed(threshold), failed(threshold))
    expect(line).toContain('failed: exp1: ')
    expect(line).toContain('(2 of 3 experiments); look at the rows: llmobs-exp show id1 --rows failing')
  })

  it('of no experiment says so', () => {
    expect(lineOf()).toBe('not started: no experiment was run')
  })

  it('of what was not all pushed names the push, and of several the push of all', () => {
    expect(lineWith(undelivered, passed)).toBe(
      'passed, but not all pushed: exp0: no answer; push the rest: llmobs-exp push id0',
    )
    expect(lineWith(undelivered, passed, passed)).toBe(
      'passed, but not all pushed: exp0: no answer (2 of 2 experiments); push the rest: llmobs-exp push --all',
    )
    expect(lineWith(delivered, passed)).toBe('passed: exp0; look at it: llmobs-exp show id0')
  })

  it('names the push also after what comes first, and where it is allowed to be left out', () => {
    expect(lineWith(undelivered, failed(threshold))).toMatch(
      /^failed: exp0: .*; look at the rows: .*; not all pushed: llmobs-exp push id0$/,
    )
    const ended = [{ experimentId: 'id0', name: 'exp0', outcome: passed, delivery: undelivered }]
    expect(lastLine(ended, { allowUndelivered: true })).toBe(
      'passed: exp0; look at it: llmobs-exp show id0; not all pushed, as is allowed: llmobs-exp push id0',
    )
  })

  it('says which signal ended the wait for the delivery', () => {
    const ended = [{ experimentId: 'id0', name: 'exp0', outcome: passed, delivery: undelivered }]
    expect(lastLine(ended, { allowUndelivered: true, signal: 'SIGTERM' })).toBe(
      'ended by SIGTERM: passed, but not all pushed: exp0: no answer; push the rest: llmobs-exp push id0',
    )
  })

  it('is one line without control characters, however hostile a message', () => {
    const message = `\u001b[31mred\u001b[0m\r\nsecond\u2028third\u202eevil${'x'.repeat(10_000)}`
    const line = lineOf(stopped(4, { kind: 'dataset-threw', error: errorInfo(message) }))
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    expect(line.length).toBeLessThan(500)
  })
})
