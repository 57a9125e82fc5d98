import { describe, expect, it } from 'vitest'
import { createDeadlines } from '../../src/engine/deadlines.ts'
import { createStopSwitch } from '../../src/engine/stop.ts'
import type { PendingCall } from '../../src/model/executor.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

function setUp() {
  const clock = createFakeClock()
  const stop = createStopSwitch()
  const deadlines = createDeadlines(clock, stop)
  const told: string[] = []
  const call = (name: string, startedAt: () => number | undefined = () => 0): PendingCall<unknown> => ({
    ended: new Promise(() => {}),
    startedAt,
    abort: () => told.push(`abort ${name}`),
    abandon: (reason) => told.push(`${reason} ${name} at ${clock.monotonic()}`),
  })
  return { clock, stop, deadlines, told, call }
}

describe('deadlines', () => {
  it('abandon a call when its timeout is over, and no sooner', () => {
    const { clock, deadlines, told, call } = setUp()
    deadlines.watch(call('a'), 500)
    deadlines.watch(call('b'), 200)
    clock.advance(199)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told).toEqual(['timeout b at 200'])
    clock.advance(300)
    expect(told).toEqual(['timeout b at 200', 'timeout a at 500'])
  })

  it('leave a call alone that has ended', () => {
    const { clock, deadlines, told, call } = setUp()
    const watched = ['a', 'b', 'c', 'd'].map((name) => deadlines.watch(call(name), 100))
    // In an order in which the list has to fill its gaps.
    for (const index of [1, 0, 3]) {
      const entry = watched[index]
      if (entry !== undefined) deadlines.unwatch(entry)
    }
    clock.advance(100)
    expect(told).toEqual(['timeout c at 100'])
  })

  it('count from when user code was entered: a call that waits for its thread uses up nothing', () => {
    const { clock, deadlines, told, call } = setUp()
    deadlines.watch(
      call('a', () => (clock.monotonic() >= 4_200 ? 4_200 : undefined)),
      2_000,
    )
    clock.advance(6_199)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told).toEqual(['timeout a at 6200'])
  })

  it('take no account of time that the machine slept', () => {
    const { clock, deadlines, told, call } = setUp()
    deadlines.watch(call('a'), 2_000)
    clock.advance(1_000)
    clock.sleep(60_000)
    clock.advance(999)
    expect(told).toEqual([])
    clock.advance(1)
    expect(told).toEqual(['timeout a at 62000'])
  })

  it('need one timer for many calls', () => {
    const { clock, deadlines, told, call } = setUp()
    const names = Array.from({ length: 1_000 }, (_, index) => `c${index}`)
    for (const name of names) deadlines.watch(call(name), 60_000)
    expect(clock.timers).toBe(1)
    expect(clock.timersSet).toBe(1)
    clock.advance(60_000)
    expect(told.length).toBe(1_000)
  })

  it('set a timer anew for a call that is due sooner', () => {
    const { clock, deadlines, told, call } = setUp()
    deadlines.watch(call('long'), 10_000)
    deadlines.watch(call('short'), 10)
    expect(clock.timers).toBe(1)
    clock.advance(10)
    expect(told).toEqual(['timeout short at 10'])
    clock.advance(9_990)
    expect(told.at(-1)).toBe('timeout long at 10000')
  })

  it('abort calls in flight at the stop, and those that come later, and abandon them after the grace', () => {
    const { clock, stop, deadlines, told, call } = setUp()
    deadlines.watch(call('a'), 60_000)
    clock.advance(100)
    stop.stop({ kind: 'signal', signal: 'SIGINT' })
    deadlines.watch(call('b'), 60_000)
    expect(told).toEqual(['abort a', 'abort b'])
    clock.advance(4_999)
    expect(told.length).toBe(2)
    clock.advance(1)
    expect(told.slice(2)).toEqual(['shutdown a at 5100', 'shutdown b at 5100'])
  })

  it('give a run that is out of date half a second, for nobody waits for its results', () => {
    const { clock, stop, deadlines, told, call } = setUp()
    deadlines.watch(call('a'), 60_000)
    stop.stop({ kind: 'out-of-date', message: 'exp.ts changed' })
    clock.advance(499)
    expect(told).toEqual(['abort a'])
    clock.advance(1)
    expect(told).toEqual(['abort a', 'shutdown a at 500'])
  })

  it('abandon at once when hurried', () => {
    const { stop, deadlines, told, call } = setUp()
    deadlines.watch(call('a'), 60_000)
    stop.hurry()
    expect(told).toEqual(['shutdown a at 0'])
  })

  it('leave no timer behind when closed', () => {
    const { clock, stop, deadlines, call } = setUp()
    deadlines.watch(call('a'), 60_000)
    stop.stop({ kind: 'signal', signal: 'SIGINT' })
    deadlines.close()
    expect(clock.timers).toBe(0)
  })
})
