import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Attempt, retryDelay } from '../../src/engine/attempt.ts'
import { createDeadlines } from '../../src/engine/deadlines.ts'
import { ErrorBrake } from '../../src/engine/error-brake.ts'
import { createEventStream } from '../../src/engine/event-stream.ts'
import { fixedPlace } from '../../src/engine/place.ts'
import { createRandom } from '../../src/engine/select.ts'
import { createSlots } from '../../src/engine/slots.ts'
import { createStopSwitch, StoppedError } from '../../src/engine/stop.ts'
import type { EngineTools } from '../../src/engine/tools.ts'
import type { TaskResult } from '../../src/model/events.ts'
import { createFakeClock, type FakeClock, settle } from '../helpers/fake-clock.ts'
import { createFakeExecutor, fakeRecord, type Script } from '../helpers/fake-executor.ts'
import { memoryReader } from '../helpers/memory-reader.ts'
import { fakeIds, fakePlan } from './harness.ts'

function setUp(script: Script, { maxRetries = 0, random = () => 0.5, jobs = 1 } = {}) {
  const clock = createFakeClock()
  const stop = createStopSwitch()
  const executor = createFakeExecutor({ clock, script })
  const tools: EngineTools = {
    plan: fakePlan({ maxRetries, jobs }),
    executor,
    reader: memoryReader([]),
    clock,
    ids: fakeIds(random),
    stop,
    stream: createEventStream(clock, 1),
    slots: createSlots({ jobs }, stop),
    deadlines: createDeadlines(clock, stop),
    errorBrake: new ErrorBrake(0, stop),
    cutRuns: new Set(),
    noteChanges() {},
  }
  const unit = executor.open(fakeRecord(0), 1)
  const begin = async () => {
    const attempt = new Attempt<TaskResult>(
      { kind: 'task', place: fixedPlace, call: (number) => unit.callTask(number, false) },
      tools,
    )
    const end = await attempt.begin()
    attempt.unwatch()
    return { end, attempt }
  }
  return { clock, stop, executor, tools, begin }
}

/** Moves the clock on until it is over. */
async function finished<T>(attempted: Promise<T>, clock: FakeClock): Promise<T> {
  let isOver = false
  const over = attempted.finally(() => {
    isOver = true
  })
  for (await settle(); !isOver && clock.next(); ) await settle()
  return over
}

describe('the delay between attempts', () => {
  it('lies anywhere between 0 and a bound that doubles from 1 s to a minute', () => {
    const random = createRandom(42)
    for (const [attempts, bound] of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000].entries()) {
      const delays = Array.from({ length: 2_000 }, () => retryDelay(attempts + 1, random))
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...delays)).toBeLessThan(bound)
      // Full jitter: uniform, so that many calls that failed together do not come back together.
      expect(Math.min(...delays)).toBeLessThan(bound * 0.01)
      expect(Math.max(...delays)).toBeGreaterThan(bound * 0.99)
      const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length
      expect(Math.abs(mean - bound / 2)).toBeLessThan(bound * 0.03)
    }
  })

  it('is never more than a minute, however often', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempts, random) => {
        const delay = retryDelay(attempts, () => random)
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(60_000)
      },
    )
    fc.assert(property)
  })
})

describe('an attempt', () => {
  it('is made once where it succeeds', async () => {
    const { begin, tools } = setUp(() => ({}), { maxRetries: 3 })
    const { end, attempt } = await begin()
    expect(end).toMatchObject({ status: 'returned', result: { status: 'ok' } })
    expect(attempt).toMatchObject({ queueMs: 0, retryWaitMs: 0, attempts: 1 })
    expect(tools.slots.acquire('task')).toBeInstanceOf(Promise)
    attempt.release()
  })

  it('is made again after its delays until it succeeds; only its last try counts as its duration', async () => {
    const { begin, clock } = setUp(({ attempt }) => ({ after: 100 * attempt, result: attempt < 3 ? 'error' : 'ok' }), {
      maxRetries: 5,
    })
    const { end, attempt } = await finished(begin(), clock)
    expect(end).toMatchObject({ result: { status: 'ok' }, durationMs: 300 })
    expect(attempt).toMatchObject({ queueMs: 0, retryWaitMs: 500 + 1_000, attempts: 3 })
    expect(clock.monotonic()).toBe(100 + 500 + 200 + 1_000 + 300)
    expect(end.startedAt).toBe(clock.now() - 300)
  })

  it('gives up with its last failure when its tries are used up', async () => {
    const { begin, clock, executor } = setUp(() => ({ result: 'error' }), { maxRetries: 1 })
    const attempted = begin()
    await settle()
    clock.next()
    expect(await attempted).toMatchObject({ end: { result: { status: 'error' } }, attempt: { attempts: 2 } })
    expect(executor.calls.map(({ attempt }) => attempt)).toEqual([1, 2])
  })

  it('has its timeout for each try', async () => {
    const { begin, clock } = setUp(({ attempt }) => ({ after: attempt === 1 ? 'never' : 900 }), { maxRetries: 1 })
    expect(await finished(begin(), clock)).toMatchObject({
      end: { status: 'returned', durationMs: 900 },
      attempt: { attempts: 2 },
    })
  })

  it('waits for a slot, and is told how long', async () => {
    const { begin, clock, tools } = setUp(() => ({ after: 50 }))
    tools.slots.acquire('task')
    const attempted = begin()
    clock.advance(70)
    tools.slots.release.task()
    await settle()
    clock.advance(50)
    expect(await attempted).toMatchObject({ end: { durationMs: 50 }, attempt: { queueMs: 70 } })
  })

  it('holds no slot while it sleeps', async () => {
    const { begin, tools, stop } = setUp(() => ({ result: 'error' }), { maxRetries: 1 })
    const attempted = begin()
    await settle()
    expect(tools.slots.acquire('task')).toBeUndefined()
    stop.stop({ kind: 'signal', signal: 'SIGINT' })
    await expect(attempted).rejects.toBeInstanceOf(StoppedError)
  })

  it('rejects when user code ended its thread', async () => {
    const { begin } = setUp(() => ({ result: 'thread-ended' }), { maxRetries: 3 })
    await expect(begin()).rejects.toMatchObject({ code: 'E_USER_CODE_ENDED' })
  })
})
