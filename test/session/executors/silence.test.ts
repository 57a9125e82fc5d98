import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { listen } from '../../../src/session/executors/silence.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setUp() {
  const state = { isBusy: true, asked: 0, silences: 0 }
  const listening = listen({
    isBusy: () => state.isBusy,
    ask: () => {
      state.asked++
    },
    onSilent: () => {
      state.silences++
    },
  })
  listening.begin()
  return { state, listening }
}

describe('listening to a thread', () => {
  it('tells of silence once it has lasted for 5 s after it was asked', () => {
    const { state } = setUp()
    vi.advanceTimersByTime(5_999)
    expect(state).toMatchObject({ asked: 1, silences: 0 })
    vi.advanceTimersByTime(1)
    expect(state.silences).toBe(1)
    vi.advanceTimersByTime(60_000)
    expect(state).toMatchObject({ asked: 1, silences: 1 })
  })

  it('tells of the next silence too', () => {
    const { state, listening } = setUp()
    vi.advanceTimersByTime(6_000)
    listening.heard()
    vi.advanceTimersByTime(6_000)
    expect(state.silences).toBe(2)
  })

  it('tells nothing of a thread that answers, however little it says by itself', () => {
    const { state, listening } = setUp()
    for (let second = 0; second < 60; second++) {
      const asked = state.asked
      vi.advanceTimersByTime(1_000)
      if (state.asked > asked) listening.heard()
    }
    expect(state.silences).toBe(0)
  })

  it('counts anew in another thread', () => {
    const { state, listening } = setUp()
    vi.advanceTimersByTime(4_000)
    listening.reset()
    vi.advanceTimersByTime(5_999)
    expect(state.silences).toBe(0)
  })

  it('ends when nothing is under way, and begins again when something is', () => {
    const { state, listening } = setUp()
    state.isBusy = false
    vi.advanceTimersByTime(60_000)
    expect(vi.getTimerCount()).toBe(0)
    expect(state).toMatchObject({ asked: 0, silences: 0 })
    state.isBusy = true
    listening.begin()
    vi.advanceTimersByTime(6_000)
    expect(state.silences).toBe(1)
  })
})
