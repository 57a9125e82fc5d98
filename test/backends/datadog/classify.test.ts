import { describe, expect, it } from 'vitest'
import { classifyStatus } from '../../../src/backends/datadog/classify.ts'

const now = Date.parse('2026-11-22T08:15:03Z')

describe('classifyStatus', () => {
  it.each([
    ['unreachable', [407, 408, 425, 500, 502, 503, 504, 599]],
    ['limited', [429]],
    ['invalid', [400, 422]],
    ['refused', [301, 302, 307, 308, 401, 403, 404, 405, 409, 410]],
    ['too-large', [413]],
  ])('takes for %s: %j', (kind, statuses) => {
    expect(statuses.map((status) => classifyStatus(status, {}, now))).toEqual(statuses.map(() => ({ kind })))
  })

  it('takes every 2xx for success', () => {
    expect([200, 201, 202, 204, 207].map((status) => classifyStatus(status, {}, now))).toEqual(Array(5).fill(undefined))
  })

  it.each([
    ['2', 2_000],
    ['0.5', 500],
    ['1e9', 1e12],
    ['Sun, 22 Nov 2026 08:15:10 GMT', 7_000],
    ['Sunday, 22-Nov-26 08:15:10 GMT', 7_000],
  ])('waits as long as Retry-After: %s advises', (value, retryAfterMs) => {
    expect(classifyStatus(429, { 'retry-after': value }, now)).toEqual({ kind: 'limited', retryAfterMs })
    expect(classifyStatus(503, { 'retry-after': value }, now)).toEqual({ kind: 'unreachable', retryAfterMs })
  })

  it.each(['0', '-5', 'abc', '', '1e999', 'NaN', 'Infinity', '-2026', 'Sun, 22 Nov 2026 08:15:03 GMT', 'May', '0x10'])(
    'takes no advice from Retry-After: %s',
    (value) => {
      expect(classifyStatus(429, { 'retry-after': value }, now)).toEqual({ kind: 'limited' })
    },
  )

  it('waits for the limit to be reset where nothing else is advised', () => {
    expect(classifyStatus(429, { 'x-ratelimit-reset': '12' }, now)).toEqual({ kind: 'limited', retryAfterMs: 12_000 })
    const both = { 'retry-after': '3', 'x-ratelimit-reset': '12' }
    expect(classifyStatus(429, both, now)).toEqual({ kind: 'limited', retryAfterMs: 3_000 })
  })
})
