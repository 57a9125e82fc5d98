import { describe, expect, it } from 'vitest'
import type { ExperimentView, GroupOutcome } from '../../src/model/ports.ts'
import { createPlainReporter, type PlainOptions } from '../../src/reporters/plain.ts'
import { driveBoth } from '../helpers/drive.ts'
import { type ExperimentParts, experimentEvents, stamped, taskError, timing, unitEvents } from '../helpers/events.ts'
import { createFakeScreen, type FakeScreen, type FakeScreenOptions } from '../helpers/fake-screen.ts'
import { createFakeTicker } from '../helpers/fake-ticker.ts'
import {
  booleanLabel,
  delivered,
  fakeInfo,
  fakeProgress,
  fakeRow,
  fakeRun,
  fakeView,
  groupOutcome,
  passed,
  pushedOutcome,
  rowCounts,
  scoreLabel,
  undelivered,
} from '../helpers/fake-view.ts'

const failedTriage = fakeView({
  rows: [
    fakeRow(),
    fakeRow({
      key: "it's 18",
      status: 'error',
      task: { ...taskError('fetch failed: connection refused by api.example after three attempts'), ...timing },
      evaluations: [],
    }),
  ],
  runs: [
    fakeRun({
      rows: rowCounts({ ok: 38, error: 2 }),
      rowsWithErrors: 2,
      labels: [
        booleanLabel(),
        scoreLabel(),
        {
          type: 'categorical',
          label: 'tone',
          evaluator: 'tone',
          scored: 36,
          errored: 0,
          skipped: 4,
          counts: [
            { value: 'calm', count: 30 },
            { value: 'angry', count: 6 },
          ],
          otherCount: 0,
        },
        booleanLabel({
          label: 'quality-short',
          scored: 4,
          passed: 4,
          passRate: 1,
          interval: { low: 0.51, high: 1, rough: true },
        }),
      ],
      summaries: [{ name: 'accuracy', status: 'ok', type: 'score', value: 0.85 }],
      errors: [
        {
          where: 'task',
          error: { code: 'E_TASK', name: 'TypeError', message: 'fetch failed' },
          count: 2,
          exampleKey: "it's 18",
        },
      ],
      failingCount: 8,
      slowest: [
        { key: "it's 18", durationMs: 41_200 },
        { key: `a-long-key-${'x'.repeat(60)}`, durationMs: 2400 },
        { key: 't-17', durationMs: 1100 },
        { key: 't-3', durationMs: 1050 },
        { key: 't-4', durationMs: 950 },
      ],
    }),
  ],
})

const missedThreshold: GroupOutcome = groupOutcome(failedTriage.info, {
  status: 'failed',
  exitCode: 1,
  failures: [
    { kind: 'errors', rowsWithErrors: 2, plannedUnits: 40, allowed: '0' },
    { kind: 'threshold', name: 'correct', wanted: 'at least 0.9', got: '0.85' },
  ],
})

interface Printed extends FakeScreenOptions, Omit<PlainOptions, 'screen'> {
  readonly view?: ExperimentView
  readonly experiment?: ExperimentParts
}

async function print({ view = fakeView(), experiment = {}, ...options }: Printed): Promise<FakeScreen> {
  const outcome = experiment.outcome ?? passed
  const screens: FakeScreen[] = []
  const { live, replayed } = await driveBoth(
    () => {
      const screen = createFakeScreen(options)
      screens.push(screen)
      return { reporter: createPlainReporter({ ...options, screen }), text: screen.out }
    },
    { events: experimentEvents(experiment), view, outcome: groupOutcome(view.info, outcome) },
  )
  expect(replayed).toBe(live)
  const [screen] = screens
  if (screen === undefined) throw new Error('no screen was made')
  return screen
}

const failed: ExperimentParts = { outcome: missedThreshold.experiments[0]?.outcome ?? passed }

describe('the plain reporter', () => {
  it('prints a table, rows, errors and the outcome at 80 columns', async () => {
    const screen = await print({ columns: 80, view: failedTriage, experiment: failed })
    expect(screen.out()).toMatchInlineSnapshot(`
      "support-triage

      40 rows: 38 ok, 2 error
      4.20 s, 9.52 rows/s, task p50 910 ms, p95 1.83 s
      slowest:
        41.2 s it's 18
        2.40 s a-long-key-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
        1.10 s t-17

      ┌────────────────────┬───────────────────────────┬────────┬─────────┬─────────┐
      │ evaluator          │ value                     │ scored │ errored │ skipped │
      ├────────────────────┼───────────────────────────┼────────┼─────────┼─────────┤
      │ correct            │ 85.0 % [70.9, 92.9]       │     40 │       0 │       0 │
      │ tokens             │ 212.4 [202.1, 222.8]      │     38 │       2 │       0 │
      │ tone               │ calm 83.3 %, angry 16.7 % │     36 │       0 │       4 │
      │ quality-short      │ 100.0 % ~[51.0, 100.0]    │      4 │       0 │       0 │
      │ accuracy (summary) │ 0.85                      │        │         │         │
      └────────────────────┴───────────────────────────┴────────┴─────────┴─────────┘
      ~ too few rows for the interval to mean much

      8 rows failed or did not pass
        t-17 · did not pass: correct
          input            {"ticket":"I was charged twice in May"}
          expected         "billing"
          output           {"label":"bug"}
          correct          false: bug is not billing
        it's 18 · error
          input            {"ticket":"I was charged twice in May"}
          expected         "billing"
          error            Error: fetch failed: connection refused by api.example
                           after three attempts
        and 6 more: llmobs-exp show 20261122t081503-k3f9q2 --rows failing

      2 errors
        2 × task: TypeError: fetch failed (E_TASK)
          llmobs-exp run ./triage.ts --only support-triage --record 'it'\\''s 18'

      failed support-triage
        rows with errors: 2 of 40, allowed 0
        threshold correct: wanted at least 0.9, got 0.85
        stored in .llmobs-exp/experiments/20261122t081503-k3f9q2

      "
    `)
  })

  it('prints blocks instead of a table at 40 columns', async () => {
    const screen = await print({ columns: 40, view: failedTriage, experiment: failed })
    expect(screen.out()).toMatchInlineSnapshot(`
      "support-triage

      40 rows: 38 ok, 2 error
      4.20 s, 9.52 rows/s, task p50 910 ms,
      p95 1.83 s
      slowest:
        41.2 s it's 18
        2.40 s a-long-key-xxxxxxxxxxxxxxxxxxx…
        1.10 s t-17

      correct
        85.0 % [70.9, 92.9]
        scored 40, errored 0, skipped 0
      tokens
        212.4 [202.1, 222.8]
        scored 38, errored 2, skipped 0
      tone
        calm 83.3 %, angry 16.7 %
        scored 36, errored 0, skipped 4
      quality-short
        100.0 % ~[51.0, 100.0]
        scored 4, errored 0, skipped 0
      accuracy (summary)
        0.85
      ~ too few rows for the interval to mean
      much

      8 rows failed or did not pass
        t-17 · did not pass: correct
          input
            {"ticket":"I was charged twice in
            May"}
          expected
            "billing"
          output
            {"label":"bug"}
          correct
            false: bug is not billing
        it's 18 · error
          input
            {"ticket":"I was charged twice in
            May"}
          expected
            "billing"
          error
            Error: fetch failed: connection
            refused by api.example after thre…
        and 6 more: llmobs-exp show 20261122t081503-k3f9q2 --rows failing

      2 errors
        2 × task: TypeError: fetch failed
          (E_TASK)
          llmobs-exp run ./triage.ts --only support-triage --record 'it'\\''s 18'

      failed support-triage
        rows with errors: 2 of 40, allowed 0
        threshold correct: wanted at least
          0.9, got 0.85
        stored in .llmobs-exp/experiments/20261122t081503-k3f9q2

      "
    `)
  })

  it('puts values under their names at 20 columns', async () => {
    const screen = await print({ columns: 20, view: failedTriage, experiment: failed })
    expect(screen.out()).toMatchInlineSnapshot(`
      "support-triage

      40 rows: 38 ok, 2
      error
      4.20 s, 9.52 rows/s,
      task p50 910 ms, p95
      1.83 s
      slowest:
        41.2 s it's 18
        2.40 s a-long-key…
        1.10 s t-17

      correct
        85.0 % [70.9,
        92.9]
        scored 40
        errored 0
        skipped 0
      tokens
        212.4 [202.1,
        222.8]
        scored 38
        errored 2
        skipped 0
      tone
        calm 83.3 %, angry
        16.7 %
        scored 36
        errored 0
        skipped 4
      quality-short
        100.0 % ~[51.0,
        100.0]
        scored 4
        errored 0
        skipped 0
      accuracy (summary)
        0.85
      ~ too few rows for
      the interval to mean
      much

      8 rows failed or did not pass
        t-17 · did not pa…
          input
            {"ticket":"I
            was charged t…
          expected
            "billing"
          output
            {"label":"bug"
            }
          correct
            false: bug is
            not billing
        it's 18 · error
          input
            {"ticket":"I
            was charged t…
          expected
            "billing"
          error
            Error: fetch
            failed: conne…
        and 6 more: llmobs-exp show 20261122t081503-k3f9q2 --rows failing

      2 errors
        2 × task:
          TypeError: fetch
          failed (E_TASK)
          llmobs-exp run ./triage.ts --only support-triage --record 'it'\\''s 18'

      failed support-triage
        rows with
          errors: 2 of 40,
          allowed 0
        threshold
          correct: wanted
          at least 0.9,
          got 0.85
        stored in .llmobs-exp/experiments/20261122t081503-k3f9q2

      "
    `)
  })

  it('prints at 200 columns what fits on one line there', async () => {
    const screen = await print({ columns: 200, view: failedTriage, experiment: failed })
    expect(screen.out()).toContain('fetch failed: connection refused by api.example after three attempts\n')
  })

  it('takes 80 columns where the width is not known', async () => {
    const known = await print({ columns: 80, view: failedTriage, experiment: failed })
    const unknown = await print({ columns: 0, view: failedTriage, experiment: failed })
    expect(unknown.out()).toBe(known.out())
  })

  it('keeps every line but those to be copied within the width', async () => {
    for (const columns of [20, 40, 60, 80]) {
      const screen = await print({ columns, view: failedTriage, experiment: failed })
      const tooLong = screen
        .out()
        .split('\n')
        .filter(
          (line) =>
            line.length > Math.max(columns, 20) &&
            !/llmobs-exp|stored in|failed support|threshold|rows with errors|did not pass/.test(line),
        )
      expect(tooLong).toEqual([])
    }
  })

  it('prints each run and then all of them', async () => {
    const info = fakeInfo({ runs: 2 })
    const view = fakeView({
      info,
      runs: [fakeRun(), fakeRun({ iteration: 2, labels: [booleanLabel({ passRate: 0.9 })] })],
    })
    const screen = await print({ view, experiment: { runs: 2 } })
    expect(screen.out()).toMatchInlineSnapshot(`
      "support-triage · run 1 of 2

      40 rows: 40 ok
      4.20 s, 9.52 rows/s, task p50 910 ms, p95 1.83 s

      ┌───────────┬─────────────────────┬────────┬─────────┬─────────┐
      │ evaluator │ value               │ scored │ errored │ skipped │
      ├───────────┼─────────────────────┼────────┼─────────┼─────────┤
      │ correct   │ 85.0 % [70.9, 92.9] │     40 │       0 │       0 │
      └───────────┴─────────────────────┴────────┴─────────┴─────────┘

      support-triage · run 2 of 2

      40 rows: 40 ok
      4.20 s, 9.52 rows/s, task p50 910 ms, p95 1.83 s

      ┌───────────┬─────────────────────┬────────┬─────────┬─────────┐
      │ evaluator │ value               │ scored │ errored │ skipped │
      ├───────────┼─────────────────────┼────────┼─────────┼─────────┤
      │ correct   │ 90.0 % [70.9, 92.9] │     40 │       0 │       0 │
      └───────────┴─────────────────────┴────────┴─────────┴─────────┘

      support-triage · all 2 runs

      80 rows: 80 ok
      8.40 s, 9.52 rows/s, task p50 910 ms, p95 1.83 s

      ┌───────────┬─────────────────────┬────────┬─────────┬─────────┐
      │ evaluator │ value               │ scored │ errored │ skipped │
      ├───────────┼─────────────────────┼────────┼─────────┼─────────┤
      │ correct   │ 85.0 % [70.9, 92.9] │     40 │       0 │       0 │
      └───────────┴─────────────────────┴────────┴─────────┴─────────┘

      passed support-triage
        stored in .llmobs-exp/experiments/20261122t081503-k3f9q2

      "
    `)
  })

  it('prints the run under way, marked as not complete, when the experiment was stopped', async () => {
    const screen = createFakeScreen()
    const reporter = createPlainReporter({ screen })
    const view = fakeView({ runs: [fakeRun({ rows: rowCounts({ ok: 3, pending: 37 }) })] })
    const outcome = {
      status: 'stopped',
      exitCode: 130,
      reason: { kind: 'signal', signal: 'SIGINT' },
      failures: [],
    } as const
    const events = stamped([
      { type: 'run-started', iteration: 1, runId: 'c9f0f895-fb98-4b91-9d47-2c4d9a1f0e11' },
      ...unitEvents({ key: 'a' }),
    ])
    for (const event of events) await reporter.event?.(event, view)
    await reporter.finish?.(groupOutcome(view.info, outcome))
    expect(screen.out()).toMatchInlineSnapshot(`
      "support-triage · not complete

      40 rows: 3 ok, 37 pending
      4.20 s, 0.714 rows/s, task p50 910 ms, p95 1.83 s

      ┌───────────┬─────────────────────┬────────┬─────────┬─────────┐
      │ evaluator │ value               │ scored │ errored │ skipped │
      ├───────────┼─────────────────────┼────────┼─────────┼─────────┤
      │ correct   │ 85.0 % [70.9, 92.9] │     40 │       0 │       0 │
      └───────────┴─────────────────────┴────────┴─────────┴─────────┘

      stopped support-triage
        ended by SIGINT
        stored in .llmobs-exp/experiments/20261122t081503-k3f9q2

      "
    `)
  })

  it('says why an experiment was not started', async () => {
    const screen = createFakeScreen()
    const error = { code: 'E_DATASET_EMPTY', name: 'LlmobsExpError', message: '--filter: no record is left' } as const
    const outcome = { status: 'stopped', exitCode: 2, reason: { kind: 'not-started', error }, failures: [] } as const
    await createPlainReporter({ screen }).finish?.(groupOutcome(fakeInfo(), outcome))
    expect(screen.out()).toContain('  not started: --filter: no record is left\n')
  })

  it('prints no empty table, and no place where nothing is kept, of an experiment that was not started', async () => {
    const screen = createFakeScreen()
    const reporter = createPlainReporter({ screen })
    const view = fakeView({ runs: [fakeRun({ rows: rowCounts({}) })] })
    const error = {
      code: 'E_DATASET_EMPTY',
      name: 'LlmobsExpError',
      message: 'no record matches --filter a=b',
    } as const
    const outcome = { status: 'stopped', exitCode: 2, reason: { kind: 'not-started', error }, failures: [] } as const
    const runId = 'c9f0f895-fb98-4b91-9d47-2c4d9a1f0e11'
    const events = stamped([
      { type: 'run-started', iteration: 1, runId },
      { type: 'run-finished', iteration: 1, summaries: [] },
      { type: 'experiment-finished', outcome },
    ])
    for (const event of events) await reporter.event?.(event, view)
    await reporter.finish?.(groupOutcome(view.info, outcome))
    expect(screen.out()).toBe('stopped support-triage\n  not started: no record matches --filter a=b\n\n')
  })

  it('says what a backend has of an experiment, and where to look at it, after all that was run', async () => {
    const screen = createFakeScreen()
    await createPlainReporter({ screen }).finish?.(pushedOutcome(fakeInfo(), delivered))
    expect(screen.out()).toMatchInlineSnapshot(`
      "passed support-triage
        stored in .llmobs-exp/experiments/20261122t081503-k3f9q2

      pushed support-triage
        40 spans, 1,081 metrics at datadoghq.com
        https://app.datadoghq.com/llm/experiments/0b1c2d3e

      "
    `)
  })

  it('says what is not there and why, also when it is to be quiet', async () => {
    const [loud, quiet] = [createFakeScreen(), createFakeScreen()]
    await createPlainReporter({ screen: loud }).finish?.(pushedOutcome(fakeInfo(), undelivered))
    expect(loud.out()).toMatchInlineSnapshot(`
      "passed support-triage
        stored in .llmobs-exp/experiments/20261122t081503-k3f9q2

      not pushed support-triage
        40 spans, 1,081 metrics at datadoghq.com
        1 event still to be sent
        1,200 events that will never be accepted
        no answer from api.datadoghq.com
        https://app.datadoghq.com/llm/experiments/0b1c2d3e

      "
    `)
    await createPlainReporter({ screen: quiet, quiet: true }).finish?.(pushedOutcome(fakeInfo(), undelivered))
    expect(quiet.err()).toContain('not pushed support-triage\n')
  })

  it('prints notes on stderr, none of them when it is to be quiet', async () => {
    const [loud, quiet] = [createFakeScreen(), createFakeScreen()]
    await createPlainReporter({ screen: loud }).note?.('results stay here\u001b[2J')
    await createPlainReporter({ screen: quiet, quiet: true }).note?.('results stay here')
    expect([loud.err(), quiet.err()]).toEqual(['results stay here\n', ''])
  })

  it('prints no numbers of a run that is out of date', async () => {
    const screen = createFakeScreen()
    const reporter = createPlainReporter({ screen })
    const view = fakeView({ runs: [fakeRun({ rows: rowCounts({ ok: 3, pending: 37 }) })] })
    const reason = { kind: 'out-of-date', message: 'triage.ts changed' } as const
    const events = stamped([
      { type: 'run-started', iteration: 1, runId: 'c9f0f895-fb98-4b91-9d47-2c4d9a1f0e11' },
      ...unitEvents({ key: 'a' }),
    ])
    for (const event of events) await reporter.event?.(event, view)
    await reporter.finish?.(groupOutcome(view.info, { status: 'stopped', exitCode: 4, reason, failures: [] }))
    expect(screen.out()).toMatchInlineSnapshot(`
      "stopped support-triage
        out of date: triage.ts changed
        stored in .llmobs-exp/experiments/20261122t081503-k3f9q2

      "
    `)
  })

  it('prints the summary even when the rows cannot be read back', async () => {
    const view = { ...failedTriage, failingRows: () => Promise.reject(new Error('events.jsonl is gone')) }
    const screen = await print({ view, experiment: failed })
    expect(screen.out()).toContain('85.0 % [70.9, 92.9]')
    expect(screen.err()).toContain('warning E_STORE_READ: the failing rows cannot be read back: events.jsonl is gone\n')
  })

  it('has colours where the stream has', async () => {
    const screen = await print({ columns: 80, colorLevel: 1, view: failedTriage, experiment: failed })
    expect(screen.out()).toContain('\u001b[31mfailed\u001b[39m support-triage')
    expect(screen.out()).toContain('\u001b[31m2\u001b[39m │')
  })

  it('leaves stdout alone when another reporter owns it', async () => {
    const screen = await print({ ownsStdout: false, view: failedTriage, experiment: failed })
    expect(screen.out()).toBe('')
    expect(screen.err()).toMatchInlineSnapshot(`
      "support-triage: 40 rows, 10 jobs
      failed support-triage
        rows with errors: 2 of 40, allowed 0
        threshold correct: wanted at least 0.9, got 0.85
        stored in .llmobs-exp/experiments/20261122t081503-k3f9q2
      "
    `)
  })

  it('leaves only errors when quiet', async () => {
    const problems = [
      { type: 'problem', severity: 'warning', code: 'W_LATE_RESULT', message: 'too late' },
      { type: 'problem', severity: 'error', code: 'E_REPORTER', message: 'broken' },
    ] as const
    const bad = await print({ quiet: true, view: failedTriage, experiment: { ...failed, problems } })
    expect(bad.out()).toBe('')
    expect(bad.err()).toMatchInlineSnapshot(`
      "error E_REPORTER: broken
      failed support-triage
        rows with errors: 2 of 40, allowed 0
        threshold correct: wanted at least 0.9, got 0.85
        stored in .llmobs-exp/experiments/20261122t081503-k3f9q2
      "
    `)
    const good = await print({ quiet: true })
    expect(good.all()).toBe('')
  })

  it('prints failed and repeated calls with the row they came from when debugging', async () => {
    const error = { code: 'E_EVALUATOR', name: 'RangeError', message: 'no\nscore' } as const
    const screen = await print({
      debug: true,
      experiment: {
        units: [
          { key: 'a', task: taskError('boom') },
          { key: 'b', evaluators: { tone: { status: 'timeout', error } } },
        ],
      },
    })
    expect(screen.err()).toContain('debug [a, run 1, task] error E_TASK: Error: boom\n')
    expect(screen.err()).toContain('debug [b, run 1, evaluator tone] timeout E_EVALUATOR: RangeError: no score\n')
  })

  it('prints no more than ten problems of a code and says how many there were', async () => {
    const problems = Array.from(
      { length: 500 },
      (_, index) =>
        ({ type: 'problem', severity: 'warning', code: 'W_LATE_RESULT', message: 'late', key: `t-${index}` }) as const,
    )
    const screen = await print({ experiment: { problems } })
    expect(screen.err().match(/W_LATE_RESULT: late/g)).toHaveLength(10)
    expect(screen.err()).toContain('warning W_LATE_RESULT: late (record t-9)\n')
    expect(screen.err()).toContain('and 490 more W_LATE_RESULT\n')
  })

  it('prints what user code writes to its console to stderr, line by line and made safe', async () => {
    const screen = createFakeScreen()
    const reporter = createPlainReporter({ screen })
    reporter.console?.({ stream: 'stdout', text: 'half a ' })
    reporter.console?.({ stream: 'stderr', text: 'of stderr\u001b[2J\n' })
    reporter.console?.({ stream: 'stdout', text: 'line\nrest' })
    await reporter.finish?.({ exitCode: 0, experiments: [], lastLine: '' })
    expect(screen.err()).toBe('of stderr\nhalf a line\nrest\n')
    expect(screen.out()).toBe('')
  })
})

describe('milestones', () => {
  /** Runs an experiment of so many rows, each of which takes so long, and hands back the lines on stderr. */
  function milestones(rows: number, millisecondsARow: number, isPlanned = true): string[] {
    const screen = createFakeScreen()
    const time = createFakeTicker()
    let rowsDone = 0
    const view = fakeView({
      progress: () => {
        const { rowsPlanned: _planned, ...progress } = fakeProgress({ rowsDone, elapsedMs: time.now() })
        return isPlanned ? { ...progress, rowsPlanned: rows } : progress
      },
    })
    const reporter = createPlainReporter({ screen, ticker: time.ticker })
    const [started, ...rest] = experimentEvents({ units: [] })
    const rowFinished = stamped([{ type: 'row-finished', key: 'a', iteration: 1, generation: 0, status: 'ok' }])[0]
    if (started === undefined || rowFinished === undefined) throw new Error('no events')
    void reporter.event?.(started, view)
    for (; rowsDone < rows; ) {
      time.advance(millisecondsARow)
      rowsDone += 1
      void reporter.event?.(rowFinished, view)
    }
    for (const event of rest) void reporter.event?.(event, view)
    expect(time.running()).toBe(0)
    return screen.err().trimEnd().split('\n')
  }

  it('come at each tenth of the rows, but no more than one in a second', () => {
    expect(milestones(40, 100)).toMatchInlineSnapshot(`
      [
        "support-triage: 40 rows, 10 jobs",
        "support-triage: 12 of 40 rows (30 %), 1 s, 3 s left",
        "support-triage: 24 of 40 rows (60 %), 2 s, 2 s left",
        "support-triage: 36 of 40 rows (90 %), 4 s, 1 s left",
        "support-triage: 40 of 40 rows (100 %), 4 s",
      ]
    `)
  })

  it('T1: come every 10 s while no tenth is reached, and at least every 30 s after that', () => {
    const lines = milestones(10, 400_000)
    const times = lines.slice(1).map((line) => line.replace(/^[^,]*, |, [^,]* left$/g, ''))
    expect(times.slice(0, 4)).toEqual(['10 s', '20 s', '30 s', '40 s'])
    expect(times.slice(10, 14)).toEqual(['2 min 00 s', '2 min 20 s', '2 min 40 s', '3 min 00 s'])
  })

  it('T1: are at most 200 for 10,000 rows', () => {
    expect(milestones(10_000, 0.1)).toHaveLength(2)
    expect(milestones(10_000, 1).length).toBeLessThanOrEqual(12)
    expect(milestones(10_000, 300).length).toBeLessThanOrEqual(200)
  })

  it('come by time alone when the number of rows is not known', () => {
    expect(milestones(25, 1000, false)).toEqual([
      'support-triage: 40 inline records, 10 jobs',
      'support-triage: 9 rows, 10 s',
      'support-triage: 19 rows, 20 s',
    ])
  })
})
