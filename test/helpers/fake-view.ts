import type { Delivery } from '../../src/model/backend.ts'
import type { Outcome } from '../../src/model/outcome.ts'
import type { ExperimentInfo, ExperimentView, GroupOutcome } from '../../src/model/ports.ts'
import type { Progress } from '../../src/model/progress.ts'
import type { Row } from '../../src/model/row.ts'
import type { ExperimentSummary, LabelSummary, RowCounts, RunSummary } from '../../src/model/summary.ts'
import { stamp } from './events.ts'

export const passed: Outcome = { status: 'passed', exitCode: 0 }

export function fakeInfo(changes: Partial<ExperimentInfo> = {}): ExperimentInfo {
  return {
    experimentId: '20261122t081503-k3f9q2',
    groupId: '20261122t081503-k3f9q2',
    name: 'support-triage',
    file: './triage.ts',
    dataset: { description: '40 inline records', kind: 'array', length: 40 },
    runs: 1,
    jobs: 10,
    config: '{}',
    tags: {},
    thresholds: {},
    evaluators: ['correct'],
    summaryEvaluators: [],
    folder: '.llmobs-exp/experiments/20261122t081503-k3f9q2',
    eventsFile: '.llmobs-exp/experiments/20261122t081503-k3f9q2/events.jsonl',
    ...changes,
  }
}

export function rowCounts(changes: Partial<RowCounts> = {}): RowCounts {
  return { ok: 0, error: 0, timeout: 0, skipped: 0, cancelled: 0, pending: 0, ...changes }
}

export function booleanLabel(changes: Partial<Extract<LabelSummary, { type: 'boolean' }>> = {}): LabelSummary {
  return {
    type: 'boolean',
    label: 'correct',
    evaluator: 'correct',
    scored: 40,
    errored: 0,
    skipped: 0,
    passed: 34,
    passRate: 0.85,
    interval: { low: 0.7093, high: 0.9294, rough: false },
    ...changes,
  }
}

export function scoreLabel(changes: Partial<Extract<LabelSummary, { type: 'score' }>> = {}): LabelSummary {
  return {
    type: 'score',
    label: 'tokens',
    evaluator: 'tokens',
    scored: 38,
    errored: 2,
    skipped: 0,
    mean: 212.43,
    standardDeviation: 31.5,
    interval: { low: 202.1, high: 222.8, rough: false },
    p50: 208,
    p95: 270.5,
    min: 150,
    max: 301,
    ...changes,
  }
}

export function fakeRun(changes: Partial<RunSummary> = {}): RunSummary {
  return {
    iteration: 1,
    runId: 'c9f0f895-fb98-4b91-9d47-2c4d9a1f0e11',
    rows: rowCounts({ ok: 40 }),
    evaluatorErrors: 0,
    rowsWithErrors: 0,
    labels: [booleanLabel()],
    summaries: [],
    durationMs: 4200,
    taskLatency: { p50: 910, p95: 1830, max: 2400 },
    errors: [],
    failingUnits: [],
    failingCount: 0,
    slowest: [],
    ...changes,
  }
}

export function fakeRow(changes: Partial<Row> = {}): Row {
  const timing = { startedAt: 1_795_000_000_000, durationMs: 900, queueMs: 0, retryWaitMs: 0, attempts: 1, ...stamp }
  return {
    key: 't-17',
    iteration: 1,
    generation: 0,
    position: 0,
    ...stamp,
    status: 'ok',
    record: {
      key: 't-17',
      id: 't-17',
      contentHash: '0011223344556677',
      input: '{"ticket":"I was charged twice in May"}',
      expectedOutput: '"billing"',
    },
    task: { status: 'ok', output: '{"label":"bug"}', ...timing },
    evaluations: [
      {
        evaluator: 'correct',
        status: 'ok',
        evaluations: [{ label: 'correct', type: 'boolean', value: false, reasoning: 'bug is not billing' }],
        ...timing,
      },
    ],
    ...changes,
  }
}

export interface FakeViewParts {
  readonly info?: ExperimentInfo
  readonly runs?: readonly RunSummary[]
  readonly rows?: readonly Row[]
  readonly progress?: Progress | (() => Progress)
}

export function fakeView({
  info = fakeInfo(),
  runs = [fakeRun()],
  rows = [],
  progress,
}: FakeViewParts = {}): ExperimentView {
  return {
    info,
    progress: () => (typeof progress === 'function' ? progress() : (progress ?? fakeProgress())),
    run: (iteration) => runs.find((run) => run.iteration === iteration) ?? fakeRun({ iteration }),
    summary: () => summaryOf(runs),
    failingRows: async (iteration) => rows.filter((row) => row.iteration === iteration),
    reader: {
      async *rows() {
        yield* rows
      },
      async *records() {
        yield rows.map(({ record }) => record)
      },
    },
  }
}

export function fakeProgress(changes: Partial<Progress> = {}): Progress {
  return {
    rowsDone: 0,
    rowsPlanned: 40,
    callsInFlight: 0,
    expiredCalls: 0,
    rowsWithErrors: 0,
    elapsedMs: 0,
    means: [],
    ...changes,
  }
}

export const delivered = {
  status: 'delivered',
  backend: 'datadog',
  place: 'datadoghq.com',
  link: 'https://app.datadoghq.com/llm/experiments/0b1c2d3e',
  spans: 40,
  metrics: 1081,
} as const satisfies Delivery

export const undelivered = {
  ...delivered,
  status: 'undelivered',
  pending: 1,
  rejected: 1200,
  reason: 'no answer from api.datadoghq.com',
} as const satisfies Delivery

/** What a group of one experiment came to that a backend has been told of. */
export function pushedOutcome(info: ExperimentInfo, delivery: Delivery): GroupOutcome {
  return { exitCode: 0, experiments: [{ info, outcome: passed, delivery }], lastLine: '' }
}

export function groupOutcome(info: ExperimentInfo, outcome: Outcome, lastLine = ''): GroupOutcome {
  return { exitCode: outcome.exitCode, experiments: [{ info, outcome }], lastLine }
}

function summaryOf(runs: readonly RunSummary[]): ExperimentSummary {
  const sum = (pick: (run: RunSummary) => number) => runs.reduce((total, run) => total + pick(run), 0)
  const { taskLatency } = runs[0] ?? {}
  return {
    rows: {
      ok: sum(({ rows }) => rows.ok),
      error: sum(({ rows }) => rows.error),
      timeout: sum(({ rows }) => rows.timeout),
      skipped: sum(({ rows }) => rows.skipped),
      cancelled: sum(({ rows }) => rows.cancelled),
      pending: sum(({ rows }) => rows.pending),
    },
    evaluatorErrors: sum((run) => run.evaluatorErrors),
    rowsWithErrors: sum((run) => run.rowsWithErrors),
    labels: runs[0]?.labels ?? [],
    runs,
    durationMs: sum((run) => run.durationMs),
    ...(taskLatency === undefined ? {} : { taskLatency }),
  }
}
