import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Slowest } from '../../../src/session/tally/slowest.ts'

function slowestOf(durations: readonly number[]): number[] {
  const slowest = new Slowest()
  for (const [index, duration] of durations.entries()) slowest.add(`t-${index}`, duration)
  return slowest.list().map(({ durationMs }) => durationMs)
}

it('keeps the five slowest tasks, the slowest first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100)), (durations) => {
      expect(slowestOf(durations)).toEqual([...durations].sort((a, b) => b - a).slice(0, 5))
    }),
  )
})

it('has a task that is run again once, as it was the last time', () => {
  const slowest = new Slowest()
  slowest.add('a', 10)
  slowest.add('a', 20)
  expect(slowest.list()).toEqual([{ key: 'a', durationMs: 20 }])
})

it('is the same in whatever order tasks come', () => {
  const tasks = fc.uniqueArray(fc.record({ key: fc.string(), durationMs: fc.nat(3) }), { selector: ({ key }) => key })
  fc.assert(
    fc.property(tasks, (some) => {
      const [forwards, backwards] = [new Slowest(), new Slowest()]
      for (const { key, durationMs } of some) forwards.add(key, durationMs)
      for (const { key, durationMs } of some.toReversed()) backwards.add(key, durationMs)
      expect(backwards.list()).toEqual(forwards.list())
    }),
  )
})
