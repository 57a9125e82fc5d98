import { describe, expect, it } from 'vitest'
import { createStopSwitch, endReasonOf } from '../../src/engine/stop.ts'
import { type ErrorCode, LlmobsExpError } from '../../src/model/errors.ts'
import type { EndReason } from '../../src/model/outcome.ts'

const SIGINT: EndReason = { kind: 'signal', signal: 'SIGINT' }
const SIGTERM: EndReason = { kind: 'signal', signal: 'SIGTERM' }

describe('the stop switch', () => {
  it('keeps its first reason and tells each listener once', () => {
    const stop = createStopSwitch()
    const told: string[] = []
    stop.onStop(() => told.push('a'))
    const forget = stop.onStop(() => told.push('b'))
    stop.onStop(() => told.push('c'))
    forget()
    expect(stop.reason).toBeUndefined()
    stop.stop(SIGINT)
    stop.stop(SIGTERM)
    expect(stop.reason).toBe(SIGINT)
    expect(told).toEqual(['a', 'c'])
  })

  it('tells at once who listens after it was thrown', () => {
    const stop = createStopSwitch()
    stop.stop(SIGINT)
    let told = 0
    stop.onStop(() => told++)
    expect(told).toBe(1)
  })

  it('lets listeners go and come while it tells them', () => {
    const stop = createStopSwitch()
    const told: string[] = []
    stop.onStop(() => {
      told.push('first')
      stop.onStop(() => told.push('late'))
    })
    stop.onStop(() => told.push('second'))
    stop.stop(SIGINT)
    expect(told.sort()).toEqual(['first', 'late', 'second'])
  })

  it('hurries without stopping', () => {
    const stop = createStopSwitch()
    let hurried = 0
    stop.onHurry(() => hurried++)
    stop.hurry()
    expect([hurried, stop.reason]).toEqual([1, undefined])
  })
})

describe('what an error means for the experiment', () => {
  it.each<[ErrorCode, EndReason['kind']]>([
    ['E_STORE_READ', 'store-failed'],
    ['E_STORE_WRITE', 'store-failed'],
    ['E_DATASET_THREW', 'dataset-threw'],
    ['E_DATASET_RECORD', 'dataset-threw'],
    ['E_DATASET_FILE', 'dataset-threw'],
    ['E_DATASET_DUPLICATE_ID', 'dataset-threw'],
    ['E_USER_CODE_ENDED', 'user-code-ended'],
  ])('%s: %s', (code, kind) => {
    expect(endReasonOf(new LlmobsExpError(code, 'what'))).toMatchObject({ kind, error: { code, message: 'what' } })
  })

  it('is what its place says when it has no code of its own', () => {
    const thrown = new TypeError('x is not iterable')
    expect(endReasonOf(thrown, 'E_DATASET_THREW')).toMatchObject({
      kind: 'dataset-threw',
      error: { code: 'E_DATASET_THREW', name: 'TypeError' },
    })
    expect(endReasonOf('text')).toMatchObject({ error: { code: 'E_INTERNAL', message: 'threw "text"' } })
  })
})
