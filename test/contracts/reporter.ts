import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/events.ts'
import type { ExperimentView, GroupOutcome, Reporter } from '../../src/model/ports.ts'
import { experimentEvents, taskError, timing } from '../helpers/events.ts'
import { createFakeScreen, type FakeScreen, type FakeScreenOptions } from '../helpers/fake-screen.ts'
import {
  booleanLabel,
  fakeInfo,
  fakeProgress,
  fakeRow,
  fakeRun,
  fakeView,
  groupOutcome,
  passed,
  rowCounts,
} from '../helpers/fake-view.ts'
import { drivesTerminal, hostileTexts } from '../helpers/hostile.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

/** Makes a reporter on a screen. */
export type MakeReporter = (screen: FakeScreen) => Reporter | Promise<Reporter>

const screens: readonly (readonly [string, FakeScreenOptions])[] = [
  ['in a pipe', { isTTY: false }],
  ['20 columns wide', { isTTY: false, columns: 20 }],
  ['200 columns wide', { isTTY: false, columns: 200 }],
  ['on a terminal without width', { isTTY: true, columns: 0 }],
  ['on a terminal one column wide', { isTTY: true, columns: 1 }],
  ['on a terminal', { isTTY: true, columns: 80 }],
]

/** What every reporter must stand. */
export function testReporterContract(name: string, make: MakeReporter): void {
  describe.each(screens)(`${name} %s`, (_name, options) => {
    it('stands a whole experiment', async () => {
      await drive(make, options, experimentEvents({ runs: 2, units: [{ key: 'a' }, { key: 'b' }] }), await stored())
    })

    it('stands events in any order, repeated and cut off', async () => {
      const events = experimentEvents({
        units: [{ key: 'a', evaluators: { tone: { status: 'skipped', reason: 'task-failed' } } }],
      })
      await drive(make, options, [...events].reverse(), await stored())
      await drive(make, options, [...events, ...events], await stored())
      for (let end = 0; end < events.length; end++) await drive(make, options, events.slice(0, end), await stored())
    })

    it('stands an experiment without rows', async () => {
      const run = fakeRun({ rows: rowCounts(), labels: [], durationMs: 0 })
      const { taskLatency: _latency, ...bare } = run
      await drive(make, options, experimentEvents({ units: [] }), await stored({ runs: [bare] }))
    })

    it('stands an experiment in which everything failed', async () => {
      const error = { code: 'E_TASK', name: 'Error', message: 'boom' } as const
      const rows = [fakeRow({ status: 'error', task: { ...taskError('boom'), ...timing }, evaluations: [] })]
      const none = { type: 'none', label: 'correct', evaluator: 'correct', scored: 0, errored: 40, skipped: 0 } as const
      const run = fakeRun({
        rows: rowCounts({ error: 40 }),
        labels: [none],
        errors: [{ where: 'task', error, count: 40, exampleKey: 'a' }],
        failingCount: 40,
      })
      const events = experimentEvents({ units: [{ key: 'a', task: taskError('boom') }] })
      await drive(make, options, events, await stored({ runs: [run], rows }))
    })

    it('lets no text of users drive the terminal', async () => {
      for (const text of hostileTexts) {
        const { events, parts } = hostileExperiment(text)
        const screen = await drive(make, options, events, await stored(parts))
        // Not even colours of our own, which are off here.
        expect(screen.all()).not.toMatch(drivesTerminal)
      }
    })

    it('stands a view that throws, by failing alone', async () => {
      const view = await stored()
      const broken: ExperimentView = {
        ...view,
        run: () => {
          throw new Error('no numbers')
        },
      }
      const reporter = await make(createFakeScreen(options))
      const tellAll = async () => {
        for (const event of experimentEvents()) await reporter.event?.(event, broken)
        await reporter.finish?.(outcomeOf(broken))
      }
      // Thrown to the multiplexer, which leaves the reporter out; never to nobody.
      await tellAll().catch((error: unknown) => expect(error).toMatchObject({ message: 'no numbers' }))
    })
  })
}

async function drive(
  make: MakeReporter,
  options: FakeScreenOptions,
  events: readonly RunEvent[],
  view: ExperimentView,
): Promise<FakeScreen> {
  const screen = createFakeScreen(options)
  const reporter = await make(screen)
  await Promise.all(events.map((event) => reporter.event?.(event, view)))
  for (const text of hostileTexts) reporter.console?.({ stream: 'stdout', text })
  for (const message of hostileTexts) {
    reporter.problem?.({ type: 'problem', severity: 'warning', code: 'W_LATE_RESULT', message, key: message })
  }
  await reporter.finish?.(outcomeOf(view))
  return screen
}

function outcomeOf(view: ExperimentView): GroupOutcome {
  return groupOutcome(view.info, passed, 'done')
}

/** A view whose log is on disk, for reporters that read it. */
async function stored(parts: Parameters<typeof fakeView>[0] = {}): Promise<ExperimentView> {
  const folder = await tempFolder()
  const eventsFile = join(folder, 'log', 'events.jsonl')
  await mkdir(join(folder, 'log'))
  await writeFile(
    eventsFile,
    experimentEvents()
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(''),
  )
  const info = { ...(parts.info ?? fakeInfo()), folder: join(folder, 'log'), eventsFile }
  return fakeView({ progress: fakeProgress({ rowsPlanned: 2 }), ...parts, info })
}

function hostileExperiment(text: string) {
  const error = { code: 'E_TASK', name: text, message: text } as const
  const json = JSON.stringify(text)
  const evaluation = { label: text, type: 'boolean', value: false, reasoning: text } as const
  const row = fakeRow({
    key: text,
    record: { key: text, contentHash: '0', input: json, expectedOutput: json },
    task: { status: 'ok', output: json, ...timing },
    evaluations: [
      { evaluator: text, status: 'ok', evaluations: [evaluation], ...timing },
      { evaluator: text, status: 'error', error, ...timing },
    ],
  })
  const categories = {
    type: 'categorical',
    label: text,
    evaluator: text,
    scored: 1,
    errored: 0,
    skipped: 0,
    counts: [{ value: text, count: 1 }],
    otherCount: 0,
  } as const
  const run = fakeRun({
    labels: [booleanLabel({ label: text, evaluator: text }), categories],
    summaries: [
      { name: text, status: 'ok', type: 'categorical', value: text },
      { name: text, status: 'error', error },
    ],
    errors: [
      { where: 'task', error, count: 1, exampleKey: text },
      { where: { evaluator: text }, error, count: 1, exampleKey: text },
    ],
    failingCount: 1,
  })
  const info = fakeInfo({ name: text, file: text, dataset: { description: text, kind: 'source' } })
  const events = experimentEvents({
    name: text,
    units: [{ key: text, input: json, task: { status: 'error', error } }],
    outcome: {
      status: 'failed',
      exitCode: 1,
      failures: [{ kind: 'threshold', name: text, wanted: text, got: text }],
    },
    problems: [{ type: 'problem', severity: 'error', code: 'E_TASK', message: text, key: text }],
  })
  return { events, parts: { info, runs: [run], rows: [row] } }
}
