import { describe, expect, it } from 'vitest'
import { describeSilence } from '../../../src/session/executors/blocked-notice.ts'
import { describeCall } from '../../../src/session/executors/describe-call.ts'

const calls = Array.from({ length: 5 }, (_, index) => ({ what: 'the task', key: `r${index}`, iteration: 1 }))

describe('a call in words', () => {
  it('names the row and the run, and of a summary evaluator neither', () => {
    expect(describeCall({ what: 'evaluator tone', key: 'ticket-17', iteration: 2 })).toBe(
      'evaluator tone of row "ticket-17", run 2',
    )
    expect(describeCall({ what: 'summary evaluator f1', key: '' })).toBe('summary evaluator f1')
  })

  it('is safe to print, whatever the key', () => {
    const text = describeCall({ what: 'the task', key: `\u001b[2J\u202e${'x'.repeat(4_000)}`, iteration: 1 })
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(text.length).toBeLessThan(150)
  })
})

describe('the warning about a silent thread', () => {
  it('names the call that blocks it, with its row', () => {
    expect(describeSilence(calls.slice(0, 1), false)).toMatchObject({
      code: 'W_THREAD_BLOCKED',
      key: 'r0',
      message: expect.stringMatching(/^the task of row "r0", run 1 blocks its thread, .* when its timeout is over$/),
    })
  })

  it('names a few where it cannot tell, the dataset where nothing else is under way, and else user code', () => {
    const { message, key } = describeSilence(calls, false)
    expect(message).toContain(
      'one of 5 calls (the task of row "r0", run 1; the task of row "r1", run 1; the task of row "r2", run 1; and 2 more) blocks',
    )
    expect(key).toBeUndefined()
    expect(describeSilence([], true).message).toContain('the dataset blocks its thread')
    expect(describeSilence([], false).message).toContain('user code blocks its thread')
  })
})
