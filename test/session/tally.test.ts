import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/events.ts'
import type { RunningMean } from '../../src/model/progress.ts'
import type { LabelSummary } from '../../src/model/summary.ts'
import { createTally, type Tally, type TallyInfo } from '../../src/session/tally.ts'
import { EventScript, type Given } from './run-events.ts'

function replay(events: readonly RunEvent[], info: TallyInfo): Tally {
  const tally = createTally(info)
  for (const event of events) tally.apply(event)
  return tally
}

describe('a tally of one run', () => {
  const script = new EventScript(['exact', 'tokens', 'never'], 1, 6)
    .startRun()
    .row({ key: 'a', evaluations: { exact: { exact: true }, tokens: { tokens: 10 }, never: new Error('no key') } })
    .row({ key: 'b', evaluations: { exact: { exact: false }, tokens: { tokens: 20 }, never: new Error('no key') } })
    .row({ key: 'c', status: 'error', evaluations: { exact: null, tokens: null, never: null } })
    .row({ key: 'd', durationMs: 25, evaluations: { exact: null, tokens: new Error('bad'), never: new Error('odd') } })
  const tally = replay(script.events, script.info)
  const run = tally.run(1)

  it('counts rows by status, and those that are planned as pending', () => {
    expect(run.rows).toEqual({ ok: 3, error: 1, timeout: 0, skipped: 0, cancelled: 0, pending: 2 })
    expect(run.runId).toBe('run 1')
  })

  it('counts evaluator errors and rows with errors apart', () => {
    expect(run.evaluatorErrors).toBe(4)
    expect(run.rowsWithErrors).toBe(4)
  })

  it('has for each label what was scored, errored and skipped', () => {
    expect(run.labels).toMatchObject([
      { label: 'exact', type: 'boolean', passRate: 0.5, passed: 1, scored: 2, errored: 0, skipped: 2 },
      { label: 'tokens', type: 'score', mean: 15, min: 10, max: 20, scored: 2, errored: 1, skipped: 1 },
      { label: 'never', evaluator: 'never', type: 'none', scored: 0, errored: 3, skipped: 1 },
    ])
  })

  it('groups errors by where and message, the most frequent first', () => {
    expect(run.errors.map(({ where, error, count, exampleKey }) => [where, error.message, count, exampleKey])).toEqual([
      [{ evaluator: 'never' }, 'no key', 2, 'a'],
      ['task', 'error in the task', 1, 'c'],
      [{ evaluator: 'never' }, 'odd', 1, 'd'],
      [{ evaluator: 'tokens' }, 'bad', 1, 'd'],
    ])
  })

  it("measures the tasks' own latency", () => {
    expect(run.taskLatency).toMatchObject({ p50: 5, max: 25 })
  })

  it('takes its time from the events', () => {
    expect(run.durationMs).toBe((script.events.length - 2) * 1000)
    expect(tally.progress().elapsedMs).toBe((script.events.length - 1) * 1000)
  })

  it('tells progress with running means', () => {
    expect(tally.progress()).toMatchObject({
      rowsDone: 4,
      rowsPlanned: 6,
      rowsWithErrors: 4,
      callsInFlight: 0,
      means: [
        { label: 'exact', mean: 0.5, isRate: true },
        { label: 'tokens', mean: 15, isRate: false },
      ],
    })
  })

  it('has beside every running mean how many rows it is of, and why others have no value', () => {
    const coverage = ({ label, scored, errored, skipped }: LabelSummary | RunningMean) => ({
      label,
      scored,
      errored,
      skipped,
    })
    const named = run.labels.filter(({ label }) => label === 'exact' || label === 'tokens')
    expect(tally.progress().means.map(coverage)).toEqual(named.map(coverage))
  })

  it('says the same of the whole experiment as of its only run', () => {
    const summary = tally.summary()
    expect(summary.labels).toEqual(run.labels)
    expect(summary.rows).toEqual(run.rows)
    expect(summary.taskLatency).toEqual(run.taskLatency)
    expect(summary.runs).toEqual([run])
  })
})

describe('failing units', () => {
  it('are rows with an error, a false boolean or a failed assessment, in the order in which they finished', () => {
    const { events, info } = new EventScript(['exact', 'tone'])
      .startRun()
      .row({ key: 'good', evaluations: { exact: { exact: true }, tone: { tone: 0 } } })
      .row({ key: 'wrong', evaluations: { exact: { exact: false }, tone: { tone: 1 } } })
      .row({ key: 'threw', evaluations: { exact: new Error('x'), tone: { tone: 1 } } })
      .row({ key: 'late', status: 'timeout', evaluations: { exact: null, tone: null } })
      .row({ key: 'judged', evaluations: { exact: null, tone: { tone: 1 } }, assessment: 'fail' })
      .row({ key: 'praised', evaluations: { exact: null, tone: { tone: 0 } }, assessment: 'pass' })
      .row({ key: 'dropped', status: 'cancelled' })
    const run = replay(events, info).run(1)
    expect(run.failingUnits).toEqual(['1/wrong', '1/threw', '1/late', '1/judged'])
    expect(run.failingCount).toBe(4)
    expect(run.rowsWithErrors).toBe(2)
  })

  it('are kept up to twenty and counted beyond', () => {
    const script = new EventScript(['exact']).startRun()
    for (let index = 0; index < 30; index++) script.row({ key: `k${index}`, evaluations: { exact: { exact: false } } })
    const run = replay(script.events, script.info).run(1)
    expect(run.failingUnits.length).toBe(20)
    expect(run.failingUnits[0]).toBe('1/k0')
    expect(run.failingCount).toBe(30)
  })

  it('know rows of the same record in different runs apart', () => {
    const script = new EventScript(['exact'], 2).startRun(1).startRun(2)
    script.push(
      { ...unitEvent('a', 1), evaluator: 'exact', status: 'error', error: { code: 'E_TASK', name: 'E', message: 'm' } },
      { type: 'row-finished', key: 'a', iteration: 2, generation: 0, status: 'ok' },
      { type: 'row-finished', key: 'a', iteration: 1, generation: 0, status: 'ok' },
    )
    const tally = replay(script.events, script.info)
    expect(tally.run(1).rowsWithErrors).toBe(1)
    expect(tally.run(2).rowsWithErrors).toBe(0)
  })
})

describe('the stability of records over several runs', () => {
  const passing: Record<string, readonly boolean[]> = {
    b: [true, true],
    a: [false, true],
    d: [false, false],
    c: [true, false],
  }
  const script = new EventScript(['exact', 'tokens'], 2, 4)
  for (const key of ['a', 'b', 'c', 'd']) script.record(key)
  for (const [index, iteration] of [1, 2].entries()) {
    script.startRun(iteration)
    for (const [key, passes] of Object.entries(passing)) {
      script.row({ key, iteration, evaluations: { exact: { exact: passes[index] === true }, tokens: { tokens: 5 } } })
    }
    script.finishRun(iteration)
  }
  const { labels, runs } = replay(script.events, script.info).summary()

  it('is told of each boolean label, the flaky records in the order of the dataset', () => {
    expect(labels[0]).toMatchObject({
      label: 'exact',
      stability: {
        stablePass: 1,
        stableFail: 1,
        flaky: 2,
        single: 0,
        flakyKeys: ['a', 'c'],
        passAt: [
          { k: 1, records: 4, passAtK: 0.5, passHatK: 0.5 },
          { k: 2, records: 4, passAtK: 0.75, passHatK: 0.25 },
        ],
      },
    })
    expect(labels[1]).not.toHaveProperty('stability')
  })

  it('is not told of a single run', () => {
    expect(runs.flatMap((run) => run.labels).filter((label) => 'stability' in label)).toEqual([])
    const { events, info } = new EventScript(['exact'])
      .startRun()
      .row({ key: 'a', evaluations: { exact: { exact: true } } })
    expect(replay(events, info).summary().labels[0]).not.toHaveProperty('stability')
  })
})

function unitEvent(key: string, iteration: number) {
  const timing = { startedAt: 0, durationMs: 1, queueMs: 0, retryWaitMs: 0, attempts: 1 }
  return { type: 'evaluation-finished', key, iteration, generation: 0, ...timing } as const
}

describe('errors', () => {
  it('are grouped into at most a hundred groups, while those that are known count on', () => {
    const script = new EventScript(['exact']).startRun()
    const word = (index: number): string => 'x'.repeat(index + 1)
    for (const index of [...Array(150).keys(), 0]) {
      script.row({ key: `k${index}`, evaluations: { exact: new Error(`message ${word(index)}`) } })
    }
    const run = replay(script.events, script.info).run(1)
    expect(run.errors.length).toBe(100)
    expect(run.errors[0]).toMatchObject({ count: 2, exampleKey: 'k0' })
    expect(run.evaluatorErrors).toBe(151)
  })

  it('are one group when only ids, counts and times in their messages differ, but not when status codes do', () => {
    const script = new EventScript(['exact']).startRun()
    const messages = [
      '429 Too Many Requests (request req_01HXYZ, 12 s, 8f14e45f-ceea-467f)',
      '429 Too Many Requests (request req_9, 7.5 s, 45c48cce-2e2d-7fbd)',
      '500 Too Many Requests (request req_9, 7.5 s, 45c48cce-2e2d-7fbd)',
      'no answer for Peru',
      'no answer for Chad',
    ]
    for (const [index, message] of messages.entries())
      script.row({ key: `k${index}`, evaluations: { exact: new Error(message) } })
    const { errors } = replay(script.events, script.info).run(1)
    expect(errors.map(({ count, exampleKey }) => [count, exampleKey])).toEqual([
      [2, 'k0'],
      [1, 'k2'],
      [1, 'k3'],
      [1, 'k4'],
    ])
  })

  it('of an evaluator that is called task are not those of the task', () => {
    const { events, info } = new EventScript(['task'])
      .startRun()
      .row({ key: 'a', status: 'error' })
      .row({ key: 'b', evaluations: { task: new Error('error in the task') } })
    expect(replay(events, info).run(1).errors.length).toBe(2)
  })
})

describe('labels of several values', () => {
  it('share errors and skips of their evaluator; one that a row leaves out is skipped there', () => {
    const { events, info } = new EventScript(['quality'])
      .startRun()
      .row({ key: 'a', evaluations: { quality: { 'quality-p': 0.5, 'quality-r': 1 } } })
      .row({ key: 'b', evaluations: { quality: { 'quality-p': 1 } } })
      .row({ key: 'c', evaluations: { quality: new Error('x') } })
      .row({ key: 'd', evaluations: { quality: null } })
    expect(replay(events, info).run(1).labels).toMatchObject([
      { label: 'quality-p', evaluator: 'quality', mean: 0.75, scored: 2, errored: 1, skipped: 1 },
      { label: 'quality-r', evaluator: 'quality', mean: 1, scored: 1, errored: 1, skipped: 2 },
    ])
  })

  it('warn once for each label when their types are mixed, also across runs', () => {
    const script = new EventScript(['a', 'b', 'c'], 2).startRun(1).startRun(2)
    script.row({ key: 'x', evaluations: { a: { a: true }, b: { b: 1 }, c: { c: 'red' } } })
    const tally = createTally(script.info)
    for (const event of script.events) tally.apply(event)
    expect(tally.takeProblems()).toEqual([])
    const more = new EventScript(['a', 'b', 'c'], 2)
      .row({ key: 'y', evaluations: { a: { a: 0.5 }, b: { b: 2 }, c: { c: 'blue' } } })
      .row({ key: 'x', iteration: 2, evaluations: { a: { a: 0.5 }, b: { b: 'x' }, c: { c: 'red' } } })
    for (const event of more.events.slice(1)) tally.apply(event)
    const problems = tally.takeProblems()
    expect(problems.map(({ code }) => code)).toEqual(['W_MIXED_TYPES', 'W_MIXED_TYPES'])
    expect(problems[0]?.message).toContain('a: expected values of one type, got boolean and score')
    expect(tally.takeProblems()).toEqual([])
    expect(tally.summary().labels.map(({ type }) => type)).toEqual(['mixed', 'mixed', 'categorical'])
    expect(tally.progress().means).toEqual([])
  })
})

describe('a tally of several runs', () => {
  function runsOf(passes: readonly (readonly boolean[])[]): Tally {
    const runs = passes[0]?.length ?? 1
    const script = new EventScript(['exact'], runs, passes.length)
    for (let iteration = 1; iteration <= runs; iteration++) script.startRun(iteration)
    passes.forEach((row, record) => {
      row.forEach((exact, index) => {
        script.row({ key: `r${record}`, iteration: index + 1, evaluations: { exact: { exact } } })
      })
    })
    for (let iteration = 1; iteration <= runs; iteration++) script.finishRun(iteration)
    return replay(script.finish().events, script.info)
  }

  it('has an interval as wide as of one run when the rows of a record never differ', () => {
    const repeated = runsOf(Array.from({ length: 40 }, (_, index) => Array<boolean>(5).fill(index % 2 === 0)))
    const once = runsOf(Array.from({ length: 40 }, (_, index) => [index % 2 === 0]))
    const [many, one] = [repeated.summary().labels[0], once.summary().labels[0]]
    expect(many).toMatchObject({ passRate: 0.5, passed: 100, scored: 200 })
    expect(many).toHaveProperty('interval', one?.type === 'boolean' ? one.interval : undefined)
  })

  it('adds up its runs', () => {
    const passes = fc.array(fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(passes, (records) => {
        const tally = runsOf(records)
        const summary = tally.summary()
        expect(summary.rows).toMatchObject({ ok: records.length * 3, pending: 0 })
        expect(summary.runs.map(({ iteration }) => iteration)).toEqual([1, 2, 3])
        const passed = records.flat().filter(Boolean).length
        expect(summary.labels[0]).toMatchObject({ passed, scored: records.length * 3 })
        const [exact] = tally.progress().means
        expect(exact?.isRate).toBe(true)
        expect(exact).toMatchObject({ scored: records.length * 3, errored: 0, skipped: 0 })
        expect(exact?.mean).toBeCloseTo(passed / (records.length * 3), 12)
      }),
    )
  })

  it('counts the units of runs that have not begun as pending', () => {
    const script = new EventScript(['exact'], 3, 10).startRun(1).row({ key: 'a' })
    expect(replay(script.events, script.info).summary().rows).toMatchObject({ ok: 1, pending: 29 })
  })

  it('counts the records that were read as planned where the length is not known', () => {
    const script = new EventScript(['exact'], 2).startRun(1).record('a').record('b').row({ key: 'a' })
    const tally = replay(script.events, script.info)
    expect(tally.summary().rows).toMatchObject({ ok: 1, pending: 3 })
    expect(tally.progress()).not.toHaveProperty('rowsPlanned')
  })
})

describe('a tally', () => {
  it('live takes time and gauges from where it is told', () => {
    const script = new EventScript(['exact'])
    const live = { clock: { now: () => 61_000 }, gauges: () => ({ callsInFlight: 3, expiredCalls: 1, tasksCalled: 9 }) }
    const tally = createTally(script.info, live)
    for (const event of script.events) tally.apply(event)
    expect(tally.progress()).toMatchObject({ elapsedMs: 60_000, callsInFlight: 3, expiredCalls: 1 })
  })

  it('keeps the summary of a finished run, and makes it new when the run changes after all', () => {
    const script = new EventScript(['exact']).startRun().row({ key: 'a', evaluations: { exact: { exact: true } } })
    script.finishRun(1, { accuracy: { status: 'ok', type: 'score', value: 1 } })
    const tally = replay(script.events, script.info)
    const first = tally.run(1)
    expect(tally.run(1)).toBe(first)
    expect(first.summaries).toEqual([{ name: 'accuracy', status: 'ok', type: 'score', value: 1 }])
    for (const event of script.row({ key: 'b' }).events.slice(-2)) tally.apply(event)
    expect(tally.run(1).rows.ok).toBe(2)
  })

  it('of a run that has not begun is all zero', () => {
    const tally = createTally({ evaluators: ['exact'], runs: 1 })
    expect(tally.run(1)).toMatchObject({ rows: { ok: 0, pending: 0 }, labels: [{ label: 'exact', type: 'none' }] })
    expect(tally.progress()).toMatchObject({ rowsDone: 0, elapsedMs: 0, means: [] })
    expect(tally.summary().rows.ok).toBe(0)
  })

  it('has scored, errored and skipped add up to the finished rows, whatever happened', () => {
    const given: fc.Arbitrary<Given> = fc.oneof(
      fc.constant(null),
      fc.constant(new Error('x')),
      fc.record({ e: fc.oneof(fc.boolean(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string()) }),
    )
    const rows = fc.array(fc.record({ status: fc.constantFrom('ok', 'error', 'timeout'), given }), { maxLength: 50 })
    fc.assert(
      fc.property(rows, (list) => {
        const script = new EventScript(['e']).startRun()
        for (const [index, { status, given: e }] of list.entries()) {
          script.row({ key: `k${index}`, status, evaluations: { e } })
        }
        const run = replay(script.events, script.info).run(1)
        const [label] = run.labels
        expect((label?.scored ?? 0) + (label?.errored ?? 0) + (label?.skipped ?? 0)).toBe(list.length)
        expect(run.rowsWithErrors).toBeLessThanOrEqual(run.failingCount)
        expect(JSON.stringify(run)).not.toContain(':null')
      }),
    )
  })
})
