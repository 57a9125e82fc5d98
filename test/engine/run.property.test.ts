import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FakeCall, FakeExecutor, Scripted } from '../helpers/fake-executor.ts'
import { fakeRecords } from '../helpers/fake-executor.ts'
import { checkComplete, checkOrder } from './check-events.ts'
import { type DriveOptions, drive } from './harness.ts'

/** What one call may come to: at once or later, well or not, past its timeout with or without ever coming back. */
const scripted: fc.Arbitrary<Scripted> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Scripted>({}) },
  { weight: 4, arbitrary: fc.record({ after: fc.integer({ min: 1, max: 900 }) }) },
  { weight: 1, arbitrary: fc.constant<Scripted>({ result: 'error' }) },
  { weight: 1, arbitrary: fc.record({ result: fc.constant('error' as const), after: fc.nat(900) }) },
  { weight: 1, arbitrary: fc.constant<Scripted>({ result: 'not-applicable' }) },
  { weight: 1, arbitrary: fc.record({ waitsFor: fc.integer({ min: 1, max: 5_000 }), after: fc.nat(900) }) },
  { weight: 1, arbitrary: fc.record({ after: fc.integer({ min: 1_001, max: 9_000 }) }) },
  { weight: 1, arbitrary: fc.constant<Scripted>({ after: 'never' }) },
)

const setting = fc.record({
  jobs: fc.integer({ min: 1, max: 20 }),
  evalJobs: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  runs: fc.integer({ min: 1, max: 4 }),
  count: fc.integer({ min: 0, max: 40 }),
  evaluators: fc.subarray(['e0', 'e1', 'e2']),
  summaryEvaluators: fc.subarray(['s0', 's1']),
  maxRetries: fc.integer({ min: 0, max: 2 }),
  scripts: fc.array(scripted, { minLength: 1, maxLength: 12 }),
  salt: fc.nat(1_000),
})
type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never

/** Calls that the engine itself has made; evaluators also follow a task that is in flight without being asked for. */
function callsOf({ calls }: FakeExecutor): number {
  return calls.filter(({ isFollowUp }) => !isFollowUp).length
}

/** The same call has the same end, whenever it is made. */
function pick({ scripts, salt }: Setting, call: FakeCall): Scripted {
  const text = `${call.kind}${call.name}${call.key}${call.iteration}${call.attempt}`
  let hash = salt
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) >>> 0
  return scripts[hash % scripts.length] ?? {}
}

function optionsOf(given: Setting): DriveOptions & { readonly keys: readonly string[] } {
  const { jobs, evalJobs, runs, evaluators, summaryEvaluators, maxRetries, count } = given
  return {
    plan: {
      jobs,
      runs,
      evaluators,
      summaryEvaluators,
      maxRetries,
      ...(evalJobs === undefined ? {} : { evalJobs }),
    },
    records: fakeRecords(count),
    script: (call) => pick(given, call),
    keys: Array.from({ length: count }, (_, index) => `r${index}`),
  }
}

describe('the engine, whatever calls come to', () => {
  it('ends every unit exactly once, with its events in order', async () => {
    const property = fc.asyncProperty(setting, async (given) => {
      const { keys, ...options } = optionsOf(given)
      const driven = drive(options)
      const events = await driven.finish()
      checkComplete(events, { ...given, firstSeq: 1 }, keys)
      expect(driven.stop.reason).toBeUndefined()
      expect(driven.executor.openUnits).toBe(0)
      expect(driven.executor.running()).toBe(0)
    })
    await fc.assert(property, { numRuns: 150 })
  })

  it('never has more unexpired calls, begun units or read records than it may', async () => {
    const property = fc.asyncProperty(setting, async (given) => {
      const driven = drive(optionsOf(given))
      await driven.finish()
      const { most, mostUnits, mostAhead } = driven.executor
      if (given.evalJobs === undefined) expect(most.all).toBeLessThanOrEqual(given.jobs)
      else {
        expect(most.task).toBeLessThanOrEqual(given.jobs)
        expect(most.evaluator).toBeLessThanOrEqual(given.evalJobs)
      }
      // Units asleep between attempts hold no place; there are at most twice as many of them as jobs.
      expect(mostUnits).toBeLessThanOrEqual(given.maxRetries === 0 ? given.jobs : 3 * given.jobs)
      expect(mostAhead).toBeLessThanOrEqual(2 * given.jobs)
    })
    await fc.assert(property, { numRuns: 150 })
  })

  it('tries a failed call again as often as it may, and one that succeeded never', async () => {
    const property = fc.asyncProperty(setting, async (given) => {
      const driven = drive(optionsOf(given))
      const events = await driven.finish()
      for (const event of events) {
        if (event.type !== 'task-finished' && event.type !== 'evaluation-finished') continue
        if (event.status === 'skipped' && event.reason === 'task-failed') {
          expect(event.attempts).toBe(0)
          continue
        }
        const isFailed = event.status === 'error' || event.status === 'timeout'
        if (isFailed) expect(event.attempts).toBe(given.maxRetries + 1)
        const made = driven.executor.calls.filter(
          ({ kind, name, key, iteration }) =>
            key === event.key &&
            iteration === event.iteration &&
            (event.type === 'task-finished' ? kind === 'task' : kind === 'evaluator' && name === event.evaluator),
        )
        expect(made.length).toBe(event.attempts)
        expect(event.retryWaitMs > 0).toBe(event.attempts > 1)
      }
    })
    await fc.assert(property, { numRuns: 60 })
  })

  it('calls nothing more once it is stopped, and keeps what it had', async () => {
    const stops = fc.record({ given: setting, at: fc.nat(60) })
    const property = fc.asyncProperty(stops, async ({ given, at }) => {
      let callsAtStop: number | undefined
      const driven = drive({
        ...optionsOf(given),
        onEvent(event, { executor, stop }) {
          if (event.seq !== at) return
          stop.stop({ kind: 'signal', signal: 'SIGINT' })
          callsAtStop = callsOf(executor)
        },
      })
      const events = await driven.finish()
      checkOrder(events, { ...given, firstSeq: 1 })
      if (callsAtStop !== undefined) expect(callsOf(driven.executor)).toBe(callsAtStop)
      expect(driven.executor.running()).toBe(0)
      expect(driven.executor.openUnits).toBe(0)
    })
    await fc.assert(property, { numRuns: 150 })
  })

  it('makes no call after the first error, where that is asked for', async () => {
    const property = fc.asyncProperty(setting, async (given) => {
      const { plan, ...options } = optionsOf({ ...given, maxRetries: 0 })
      let callsAtStop: number | undefined
      const driven = drive({ ...options, plan: { ...plan, raiseErrors: true } })
      driven.stop.onStop(() => {
        callsAtStop = callsOf(driven.executor)
      })
      const events = await driven.finish()
      checkOrder(events, { ...given, firstSeq: 1 })
      const failed = events.filter((event) => 'status' in event && 'error' in event)
      expect(driven.stop.reason?.kind).toBe(failed.length > 0 ? 'raise-errors' : undefined)
      if (callsAtStop !== undefined) expect(callsOf(driven.executor)).toBe(callsAtStop)
    })
    await fc.assert(property, { numRuns: 150 })
  })
})
