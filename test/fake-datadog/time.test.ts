import { describe, expect, it } from 'vitest'
import { createTime, formatMicros, formatNanos, parseTime } from '../helpers/fake-datadog/time.ts'

describe('a time', () => {
  it.each([
    ['2026-03-26T20:00:45.5465418Z', '2026-03-26T20:00:45.546541Z'],
    ['2026-08-13T19:39:31.697594065Z', '2026-08-13T19:39:31.697594Z'],
    ['2026-08-13T19:39:32.7771Z', '2026-08-13T19:39:32.7771Z'],
    ['2026-08-13T19:39:32Z', '2026-08-13T19:39:32Z'],
    ['2026-08-13T19:39:32.000000001Z', '2026-08-13T19:39:32Z'],
  ])('is written as the backend does: %s when it is made, %s when it was stored', (made, stored) => {
    expect([formatNanos(parseTime(made)), formatMicros(parseTime(made))]).toEqual([made, stored])
  })

  it('is later than the one before, also within a millisecond', () => {
    const time = createTime(() => 1_795_000_000_000)
    const ticks = [time.tick(), time.tick(), time.tick()]
    expect(ticks).toEqual([0n, 1000n, 2000n].map((more) => 1_795_000_000_000_000_000n + more))
  })
})
