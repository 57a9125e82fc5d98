import { describe, expect, it } from 'vitest'
import { createGate, type Gate, type GateNews } from '../../../src/backends/batching/gate.ts'
import { createRandom } from '../../../src/engine/select.ts'
import { BackendError, type BackendFailure } from '../../../src/model/backend.ts'
import { createFakeClock, type FakeClock, passTimeUntil, settle } from '../../helpers/fake-clock.ts'

interface Setup {
  readonly gate: Gate
  readonly clock: FakeClock
  readonly news: GateNews[]
  readonly signal: AbortSignal
  abort(reason: Error): void
}

function open({ seed = 1, random = createRandom(seed) } = {}): Setup {
  const clock = createFakeClock()
  const news: GateNews[] = []
  const controller = new AbortController()
  const gate = createGate({ clock, ids: { random }, tell: (one) => news.push(one) })
  return { gate, clock, news, signal: controller.signal, abort: (reason) => controller.abort(reason) }
}

function failure(kind: BackendFailure['kind'], retryAfterMs?: number): BackendError {
  return new BackendError(`it said ${kind}`, { kind, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
}

/** A request that is answered when the test says so. */
function heldRequest() {
  let answer = (): void => {}
  let refuse = (_error: Error): void => {}
  let calls = 0
  const request = (): Promise<void> => {
    calls++
    return new Promise((resolve, reject) => {
      answer = resolve
      refuse = reject
    })
  }
  return { request, answer: () => answer(), refuse: (error: Error) => refuse(error), calls: () => calls }
}

/** Fails with these one after another, and then succeeds; notes when it was asked. */
function failing(errors: readonly Error[], clock: FakeClock) {
  const times: number[] = []
  const rest = [...errors]
  const request = async (): Promise<string> => {
    times.push(clock.monotonic())
    const error = rest.shift()
    if (error !== undefined) throw error
    return 'taken'
  }
  return { request, times }
}

describe('the gate to a backend', () => {
  it('lets two requests through at once, the others in their order', async () => {
    const { gate, signal } = open()
    const requests = Array.from({ length: 5 }, heldRequest)
    const sent = requests.map(({ request }) => gate.send(request, { signal }))
    const calls = () => requests.map((request) => request.calls()).join('')
    await settle()
    expect(calls()).toBe('11000')
    requests[1]?.answer()
    await settle()
    expect(calls()).toBe('11100')
    requests[0]?.answer()
    requests[2]?.answer()
    await settle()
    expect(calls()).toBe('11111')
    for (const { answer } of requests) answer()
    await Promise.all(sent)
  })

  it('lets an urgent request go before what waits', async () => {
    const { gate, signal } = open()
    const requests = Array.from({ length: 4 }, heldRequest)
    requests.slice(0, 3).forEach(({ request }) => void gate.send(request, { signal }))
    void gate.send(requests[3]?.request ?? (async () => {}), { signal, isUrgent: true })
    await settle()
    requests[0]?.answer()
    await settle()
    expect(requests.map(({ calls }) => calls())).toEqual([1, 1, 0, 1])
  })

  it('hands back what the request gave, also after failures', async () => {
    const { gate, clock, signal } = open()
    const { request, times } = failing([failure('unreachable'), failure('limited'), failure('unreachable')], clock)
    expect(await passTimeUntil(gate.send(request, { signal }), clock)).toBe('taken')
    expect(times).toHaveLength(4)
  })

  it.each(['invalid', 'too-large', 'refused'] as const)('does not try again what is %s', async (kind) => {
    const { gate, clock, signal } = open()
    const { request, times } = failing([failure(kind)], clock)
    await expect(gate.send(request, { signal })).rejects.toMatchObject({ failure: { kind } })
    expect(times).toHaveLength(1)
    expect(clock.timers).toBe(0)
  })

  it('does not try again what is no failure of the backend', async () => {
    const { gate, clock, signal } = open()
    const { request, times } = failing([new TypeError('a defect')], clock)
    await expect(gate.send(request, { signal })).rejects.toThrow('a defect')
    expect(times).toHaveLength(1)
  })

  it('draws each delay anew from the whole of its range', async () => {
    const gaps: number[] = []
    const { gate, clock, signal } = open({ seed: 7 })
    for (let index = 0; index < 200; index++) {
      const { request, times } = failing([failure('unreachable')], clock)
      await passTimeUntil(gate.send(request, { signal }), clock)
      gaps.push((times[1] ?? 0) - (times[0] ?? 0))
    }
    // Kolmogorov and Smirnov: for 200 values that are uniform the distance is larger in one case of a hundred.
    expect(distanceFromUniform(gaps, 500)).toBeLessThan(1.63 / Math.sqrt(200))
  })

  it.each([2_000, 45_000, 300_000])('asks no earlier than %i ms after it was told to wait so long', async (wait) => {
    const { gate, clock, signal } = open()
    const { request, times } = failing([failure('limited', wait)], clock)
    await passTimeUntil(gate.send(request, { signal }), clock)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(wait)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeLessThan(wait + 1_000)
  })

  it.each([0, -5_000, Number.NaN])('backs off when the advice is %s', async (advice) => {
    const { gate, clock, signal } = open({ random: () => 0.5 })
    const { request, times } = failing([failure('limited', advice)], clock)
    await passTimeUntil(gate.send(request, { signal }), clock)
    expect(times).toEqual([0, 250])
  })

  it('follows advice for five minutes, and no longer', async () => {
    const { gate, clock, signal } = open({ random: () => 0 })
    const { request, times } = failing([failure('limited', 1e12)], clock)
    await passTimeUntil(gate.send(request, { signal }), clock)
    expect(times).toEqual([0, 300_000])
  })

  it('sends one request to find out, while others wait for what comes of it', async () => {
    const { gate, clock, signal } = open({ random: () => 0.5 })
    const requests = Array.from({ length: 4 }, heldRequest)
    const sent = requests.map(({ request }) => gate.send(request, { signal }))
    await settle()
    requests[0]?.refuse(failure('unreachable'))
    await settle()
    clock.advance(10_000)
    await settle()
    // The second request was under way before, and counts.
    expect(requests.map(({ calls }) => calls())).toEqual([1, 1, 0, 0])
    requests[1]?.answer()
    await settle()
    expect(requests.map(({ calls }) => calls())).toEqual([2, 1, 0, 0])
    requests[0]?.refuse(failure('unreachable'))
    await settle()
    clock.advance(10_000)
    await settle()
    expect(requests.map(({ calls }) => calls())).toEqual([3, 1, 0, 0])
    requests[0]?.answer()
    await settle()
    expect(requests.map(({ calls }) => calls())).toEqual([3, 1, 1, 1])
    for (const { answer } of requests) answer()
    await Promise.all(sent)
  })

  it('counts two requests that failed together as one failure', async () => {
    const { gate, clock, signal } = open({ random: () => 1 - 1e-9 })
    const requests = [heldRequest(), heldRequest()]
    for (const { request } of requests) gate.send(request, { signal }).catch(() => {})
    await settle()
    for (const { refuse } of requests) refuse(failure('unreachable'))
    await settle()
    clock.advance(501)
    await settle()
    expect(requests.map(({ calls }) => calls()).sort()).toEqual([1, 2])
  })

  it('asks at most once in 30 s a backend that has failed five times in a row', async () => {
    const { gate, clock, signal, abort } = open()
    const { request, times } = failing(
      Array.from({ length: 500 }, () => failure('unreachable')),
      clock,
    )
    const sent = gate.send(request, { signal })
    sent.catch(() => {})
    for (const end = 3_600_000; clock.monotonic() < end; ) {
      await settle()
      clock.next()
    }
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(Math.min(...gaps.slice(4))).toBeGreaterThanOrEqual(30_000)
    expect(gaps.slice(4).length).toBeGreaterThan(100)
    abort(new Error('enough'))
    await expect(sent).rejects.toThrow('enough')
    expect(clock.timers).toBe(0)
  })

  it('is closed for good once it was refused', async () => {
    const { gate, clock, signal, news } = open()
    const requests = Array.from({ length: 4 }, heldRequest)
    const sent = requests.map(({ request }) => gate.send(request, { signal }).catch((error: Error) => error.message))
    await settle()
    requests[0]?.refuse(failure('refused'))
    await settle()
    requests[1]?.answer()
    await settle()
    const late = failing([], clock)
    await expect(gate.send(late.request, { signal })).rejects.toThrow('it said refused')
    expect(await Promise.all(sent)).toEqual(['it said refused', undefined, 'it said refused', 'it said refused'])
    expect(requests.map(({ calls }) => calls())).toEqual([1, 1, 0, 0])
    expect(late.times).toEqual([])
    expect(news).toEqual([{ kind: 'refused', reason: 'it said refused' }])
  })

  it('says once that the backend is in trouble, when that has lasted', async () => {
    const { gate, clock, signal, news } = open()
    const once = failing([failure('unreachable'), failure('unreachable')], clock)
    await passTimeUntil(gate.send(once.request, { signal }), clock)
    expect(news).toEqual([])
    const waiting = { kind: 'waiting', reason: 'it said unreachable' }
    for (const expected of [[waiting], [waiting, waiting]]) {
      const often = failing(
        Array.from({ length: 8 }, () => failure('unreachable')),
        clock,
      )
      await passTimeUntil(gate.send(often.request, { signal }), clock)
      expect(news).toEqual(expected)
    }
  })

  it('says so at once when it is to wait long', async () => {
    const { gate, clock, signal, news } = open()
    await passTimeUntil(gate.send(failing([failure('limited', 60_000)], clock).request, { signal }), clock)
    expect(news).toEqual([{ kind: 'waiting', reason: 'it said limited' }])
  })

  it('ends everything at the signal, also a request that does not listen to it', async () => {
    const { gate, clock, signal, abort } = open()
    const requests = Array.from({ length: 4 }, heldRequest)
    const sent = requests.map(({ request }) => gate.send(request, { signal }).catch((error: Error) => error.message))
    await settle()
    abort(new Error('time is up'))
    expect(await Promise.all(sent)).toEqual(Array(4).fill('time is up'))
    expect(requests.map(({ calls }) => calls())).toEqual([1, 1, 0, 0])
    await expect(gate.send(requests[0]?.request ?? (async () => {}), { signal })).rejects.toThrow('time is up')
    expect(clock.timers).toBe(0)
  })

  it('does not count a request that was ended while it waited', async () => {
    const { gate, signal } = open()
    const controller = new AbortController()
    const requests = Array.from({ length: 4 }, heldRequest)
    const sent = requests.map(({ request }, index) =>
      gate.send(request, { signal: index === 2 ? controller.signal : signal }).catch((error: Error) => error.message),
    )
    await settle()
    controller.abort(new Error('never mind'))
    for (const index of [0, 1]) requests[index]?.answer()
    await settle()
    expect(requests.map(({ calls }) => calls())).toEqual([1, 1, 0, 1])
    const another = heldRequest()
    const last = gate.send(another.request, { signal })
    await settle()
    expect(another.calls()).toBe(1)
    for (const { answer } of [...requests, another]) answer()
    await last
    expect(await Promise.all(sent)).toEqual([undefined, undefined, 'never mind', undefined])
  })

  it('tells a request of the signal', async () => {
    const { gate, signal } = open()
    let given: AbortSignal | undefined
    await gate.send(
      async (during) => {
        given = during
      },
      { signal },
    )
    expect(given).toBe(signal)
  })

  it('asks at once when it is hurried', async () => {
    const { gate, clock, signal } = open()
    const { request, times } = failing(
      Array.from({ length: 6 }, () => failure('unreachable')),
      clock,
    )
    const sent = gate.send(request, { signal })
    while (times.length < 6) {
      await settle()
      clock.next()
    }
    await settle()
    const before = clock.monotonic()
    gate.hurry()
    await sent
    expect(times.at(-1)).toBe(before)
  })

  it('does not hurry a backend that has asked for patience', async () => {
    const { gate, clock, signal } = open()
    const { request, times } = failing([failure('limited', 20_000)], clock)
    const sent = gate.send(request, { signal })
    await settle()
    gate.hurry()
    await passTimeUntil(sent, clock)
    expect(times[1]).toBeGreaterThanOrEqual(20_000)
  })

  it('waits for no attempt that would come too late', async () => {
    const { gate, clock, signal } = open()
    gate.endBy(60_000)
    const { request, times } = failing([failure('limited', 1e12)], clock)
    const others = [gate.send(request, { signal }), gate.send(request, { signal }), gate.send(request, { signal })]
    const ends = await Promise.all(others.map((sent) => sent.catch((error: Error) => error.message)))
    expect(ends.filter((end) => end === 'it said limited').length).toBeGreaterThanOrEqual(1)
    expect(times[0]).toBe(0)
    expect(clock.monotonic()).toBe(0)
    expect(clock.timers).toBe(0)
  })

  it('gives up at once what waits already when the end comes nearer', async () => {
    const { gate, clock, signal } = open()
    const sent = gate.send(failing([failure('limited', 100_000)], clock).request, { signal })
    sent.catch(() => {})
    await settle()
    gate.endBy(clock.monotonic() + 60_000)
    await expect(sent).rejects.toThrow('it said limited')
  })
})

/** The largest distance between how the values are spread and how they would be from 0 to `longest`. */
function distanceFromUniform(values: readonly number[], longest: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  const distances = sorted.map((value, index) => {
    const expected = value / longest
    return Math.max(Math.abs((index + 1) / values.length - expected), Math.abs(index / values.length - expected))
  })
  return Math.max(...distances)
}
