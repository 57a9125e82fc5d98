import { describe, expect, it } from 'vitest'
import type { ErrorInfo } from '../../src/model/errors.ts'
import type { EventBody, RunEvent } from '../../src/model/events.ts'
import { maskEvents, maskOutcome } from '../../src/session/mask-events.ts'

const SECRET = 'value-of-a-key'
const mask = (text: string): string => text.replaceAll(SECRET, '***')
const unit = { key: 'r1', iteration: 1, generation: 0 }
const timing = { startedAt: 0, durationMs: 1, queueMs: 0, retryWaitMs: 0, attempts: 1 }

const inner: ErrorInfo = { code: 'E_TASK', name: `Error${SECRET}`, message: SECRET, hint: SECRET, codeFrame: SECRET }
const error: ErrorInfo = { ...inner, stack: `Error: ${SECRET}\n    at x`, cause: { ...inner, cause: inner } }

function stamped(body: EventBody): RunEvent {
  return { ...body, seq: 1, at: 1 }
}

describe('maskEvents', () => {
  it.each<EventBody>([
    { type: 'task-finished', ...unit, ...timing, status: 'error', error },
    { type: 'evaluation-finished', evaluator: 'e', ...unit, ...timing, status: 'error', error },
    { type: 'run-finished', iteration: 1, summaries: [{ name: 's', status: 'error', error }] },
    { type: 'problem', severity: 'warning', code: 'W_JSON_CHANGED', message: `of ${SECRET}` },
  ])('takes secrets out of every part of what a $type says', (body) => {
    const masked = maskEvents([stamped(body)], mask)
    expect(JSON.stringify(masked)).not.toContain(SECRET)
    expect(JSON.stringify(masked)).toBe(mask(JSON.stringify([stamped(body)])))
  })

  it("leaves the user's data, and the same events where there is nothing to be masked", () => {
    const events = [
      stamped({ type: 'record', key: 'r1', contentHash: '00', input: `"${SECRET}"` }),
      stamped({ type: 'task-finished', ...unit, ...timing, status: 'ok', output: `"${SECRET}"` }),
      stamped({ type: 'row-finished', ...unit, status: 'ok' }),
    ]
    expect(maskEvents(events, mask)).toBe(events)
    const problem = stamped({ type: 'problem', severity: 'warning', code: 'W_JSON_CHANGED', message: SECRET })
    expect(maskEvents([...events, problem], mask).slice(0, 3)).toEqual(events)
  })
})

describe('maskOutcome', () => {
  it('takes secrets out of why it was stopped', () => {
    const stopped = {
      status: 'stopped',
      exitCode: 4,
      reason: { kind: 'user-code-ended', error },
      failures: [],
    } as const
    expect(JSON.stringify(maskOutcome(stopped, mask))).not.toContain(SECRET)
  })
})
